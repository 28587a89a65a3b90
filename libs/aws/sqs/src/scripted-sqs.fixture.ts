import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Message, SQSClient } from '@aws-sdk/client-sqs';
import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';

const Input = z.looseObject({
  Entries: z.array(z.looseObject({ Id: z.string() })).default([]),
  VisibilityTimeout: z.number().optional(),
  MessageBody: z.string().optional(),
});
export type ScriptedInput = z.infer<typeof Input>;
export interface ScriptedCall {
  readonly operation: string;
  readonly input: ScriptedInput;
  readonly atMs: number;
}
type Failed = { Id: string; SenderFault: boolean; Code: string };
/** Decides about one call: the entries that fail inside the 200, after whatever the script waits for; undefined hangs up. */
export type Script = (input: ScriptedInput) => Failed[] | undefined | Promise<Failed[] | undefined>;

const md5 = (body: string): string => createHash('md5').update(body).digest('hex');

/** An SQS for tests of what a real one does rarely: it answers each operation as its script says, and remembers the calls. */
export async function scriptedSqs(scripts: Record<string, Script> = {}) {
  const calls: ScriptedCall[] = [];
  const answer = async (request: IncomingMessage): Promise<object | undefined> => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input = parseJson(Input, await text(request));
    calls.push({ operation, input, atMs: performance.now() });
    if (operation === 'GetQueueUrl') return { QueueUrl: `http://localhost/000000000000/${String(input.QueueName)}` };
    const script = scripts[operation];
    const failed = script ? await script(input) : [];
    if (failed === undefined) return undefined;
    const ids = new Set(failed.map(({ Id }) => Id));
    const Successful = input.Entries.filter(({ Id }) => !ids.has(Id)).map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: md5(String(MessageBody)),
    }));
    return { Successful, Failed: failed, MessageId: 'copy', MD5OfMessageBody: md5(input.MessageBody ?? '') };
  };
  const server = createServer((request, response) => {
    void answer(request).then((body) => {
      if (body === undefined) return response.destroy();
      return response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new SQSClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    useQueueUrlAsEndpoint: false,
    maxAttempts: 1,
  });
  return {
    client,
    calls: (operation: string) => calls.filter((call) => call.operation === operation),
    close: () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

let lastMessage = 0;
/** As received: `body` is sent as JSON, or as it is when it is text. */
export function received(body: unknown, receiveCount = 1): Message {
  lastMessage += 1;
  return {
    MessageId: `message-${lastMessage}`,
    ReceiptHandle: `receipt-${lastMessage}`,
    Body: typeof body === 'string' ? body : JSON.stringify(body),
    Attributes: { ApproximateReceiveCount: String(receiveCount) },
  };
}
