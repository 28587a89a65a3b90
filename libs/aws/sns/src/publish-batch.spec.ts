import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SNSClient } from '@aws-sdk/client-sns';
import { makeEvent } from '@stocktool/contracts';
import { EventPublisher } from './event-publisher';
import { TopicDirectory } from './topic-directory';

/** An SNS with one topic that fails the entries the script names, inside a 200. */
async function scriptedSns(failing: (call: number, ids: string[]) => { id: string; ours: boolean }[]) {
  const batches: string[][] = [];
  const server = createServer((request, response) => {
    void text(request).then((form) => {
      const fields = new URLSearchParams(form);
      response.writeHead(200, { 'content-type': 'text/xml' });
      if (fields.get('Action') === 'ListTopics') {
        const topics = '<Topics><member><TopicArn>arn:aws:sns:us-east-1:0:topic</TopicArn></member></Topics>';
        return response.end(`<ListTopicsResponse><ListTopicsResult>${topics}</ListTopicsResult></ListTopicsResponse>`);
      }
      const ids = [...fields]
        .filter(([name]) => /^PublishBatchRequestEntries\.member\.\d+\.Id$/.test(name))
        .map(([, id]) => id);
      batches.push(ids);
      const members = failing(batches.length, ids).map(
        ({ id, ours }) => `<member><Id>${id}</Id><Code>Failed</Code><SenderFault>${ours}</SenderFault></member>`,
      );
      const result = `<Failed>${members.join('')}</Failed><Successful/>`;
      return response.end(
        `<PublishBatchResponse><PublishBatchResult>${result}</PublishBatchResult></PublishBatchResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new SNSClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const close = () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  };
  return { publisher: new EventPublisher(client, new TopicDirectory(client), () => 'topic'), batches, close };
}

const events = Array.from({ length: 3 }, () =>
  makeEvent('alarm.raised', {
    id: randomUUID(),
    source: '/test',
    time: new Date(0),
    data: { alarm: 'a', reason: 'r', since: '2026-01-01T00:00:00Z' },
  }),
);

describe('publishBatch', () => {
  it('publishes entries that failed inside a 200 again, alone', async () => {
    const sns = await scriptedSns((call) => (call === 1 ? [{ id: '1', ours: false }] : []));
    await sns.publisher.publishBatch(events);
    expect(sns.batches).toEqual([['0', '1', '2'], ['1']]);
    sns.close();
  });

  it('ends in a retryable problem when an entry never succeeds', async () => {
    const sns = await scriptedSns(() => [{ id: '2', ours: false }]);
    await expect(sns.publisher.publishBatch(events)).rejects.toMatchObject({ code: 'dependency-unavailable' });
    expect(sns.batches).toHaveLength(4);
    sns.close();
  });

  it('does not repeat what failed by our fault', async () => {
    const sns = await scriptedSns(() => [{ id: '0', ours: true }]);
    await expect(sns.publisher.publishBatch(events)).rejects.toThrow('SNS refused an event');
    expect(sns.batches).toHaveLength(1);
    sns.close();
  });
});
