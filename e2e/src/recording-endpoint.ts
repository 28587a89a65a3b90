import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SentMessage {
  /** The queue's name, or the topic's ARN. */
  readonly to: string;
  readonly text: string;
}

/** Stands before an AWS endpoint, passes every call on and keeps what is sent to queues and topics. */
export class RecordingEndpoint {
  readonly sent: SentMessage[] = [];
  private readonly server = createServer((incoming, outgoing) => void this.pass(incoming, outgoing));

  constructor(private readonly port: number) {}

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    this.keep(String(incoming.headers['x-amz-target'] ?? ''), body);
    const { method, url, headers } = incoming;
    const passed = request({ host: '127.0.0.1', port: this.port, method, path: url, headers });
    passed.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.once('error', () => outgoing.destroy());
    passed.end(body);
  }

  /** SQS speaks JSON, SNS a form. */
  private keep(target: string, body: Buffer): void {
    if (target.startsWith('AmazonSQS.SendMessage')) {
      const call = JSON.parse(body.toString()) as SendCall;
      for (const { MessageBody } of call.Entries ?? [call])
        if (MessageBody !== undefined) this.sent.push({ to: call.QueueUrl.split('/').at(-1) ?? '', text: MessageBody });
    } else if (target === '' && body.subarray(0, 1000).includes('Action=Publish')) {
      const form = new URLSearchParams(body.toString());
      const texts = [...form].flatMap(([name, value]) => (/(^|\.)Message$/.test(name) ? [value] : []));
      for (const text of texts) this.sent.push({ to: form.get('TopicArn') ?? '', text });
    }
  }
}

interface SendCall {
  readonly QueueUrl: string;
  readonly MessageBody?: string;
  readonly Entries?: readonly { readonly MessageBody?: string }[];
}
