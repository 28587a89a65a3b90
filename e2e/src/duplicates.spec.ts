import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { events, makeEvent } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { awsSettings } from './aws';
import { api, awsUrl, eventually, finished, lettersTo, newUser, portfolio, stateDirectory } from './client';
import { webhookReceiver } from './webhook-receiver';

const sqs = new SQSClient(awsSettings(awsUrl));
const sns = new SNSClient(awsSettings(awsUrl));
const { apiKey } = JSON.parse(readFileSync(path.join(stateDirectory, 'demo-account.json'), 'utf8')) as {
  apiKey: string;
};

afterAll(() => {
  sqs.destroy();
  sns.destroy();
});

/** Nothing waits and nothing is worked on any more. */
const drained = (name: string) =>
  eventually(`${name} is empty`, async () => {
    const { body } = await api('GET', '/v1/admin/queues', { apiKey });
    const rows = body.items as { name: string; visible: number; inFlight: number; delayed: number }[];
    const row = rows.find((queue) => queue.name === name);
    return row !== undefined && row.visible + row.inFlight + row.delayed === 0;
  });

describe('what is delivered more than once', () => {
  it('has one effect: an analysis whose message came three times more has one result and one webhook', async () => {
    const user = await newUser();
    const hook = await webhookReceiver();
    await api('POST', '/v1/subscriptions', {
      token: user.token,
      body: { channel: 'webhook', target: hook.url, events: ['analysis.*'] },
    });
    const { body: posted } = await api('POST', '/v1/analyses', { token: user.token, body: portfolio });
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: topology.queues.analysis.name }));
    const MessageBody = JSON.stringify({ userId: user.id, analysisId: posted.id });
    await Promise.all([1, 2, 3].map(() => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))));
    const analysis = await finished(user, posted.id as string);
    await eventually('the webhook', () => Promise.resolve(hook.received.length > 0));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await drained(topology.queues.analysis.name);
    await drained(topology.queues.notifications.name);

    expect(analysis).toMatchObject({ status: 'succeeded', attempts: 1 });
    const again = await api('GET', `/v1/analyses/${posted.id}`, { token: user.token });
    expect(again.body).toEqual(analysis);
    expect(hook.received.map(({ id }) => id)).toHaveLength(1);
    hook.close();
  });

  it('has one effect: an event that was published three times makes one e-mail and one webhook id', async () => {
    const user = await newUser();
    const letter = await eventually('the mail that verifies the account', async () => (await lettersTo(user.email))[0]);
    const token = /token=([A-Za-z0-9._~-]+)/.exec(letter.text)?.[1];
    await api('POST', '/v1/auth/verify', { body: { token } });
    const hook = await webhookReceiver();
    for (const [channel, target] of [
      ['email', user.email],
      ['webhook', hook.url],
    ])
      expect(
        await api('POST', '/v1/subscriptions', {
          token: user.token,
          body: { channel, target, events: ['analysis.failed'] },
        }),
      ).toMatchObject({ status: 201, body: { status: 'active' } });

    const analysisId = crypto.randomUUID();
    const now = new Date();
    const event = makeEvent('analysis.failed', {
      id: `${analysisId}:failed`,
      source: 'e2e',
      time: now,
      data: {
        userId: user.id,
        analysisId,
        finishedAt: now.toISOString(),
        error: { type: '/problems/internal', title: 'Failed', status: 500, detail: 'Only a test.' },
      },
    });
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: topology.topics.notifications.name }));
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const publish = () =>
      sns.send(
        new PublishCommand({
          TopicArn,
          Message: JSON.stringify(event),
          MessageAttributes: {
            type: text(event.type),
            userId: text(user.id),
            severity: text(events['analysis.failed'].severity),
          },
        }),
      );
    await Promise.all([publish(), publish()]);
    const letters = async () => (await lettersTo(user.email)).filter((mail) => mail.text.includes(analysisId));
    await eventually(
      'the e-mail and the webhook',
      async () => (await letters()).length > 0 && hook.received.length > 0,
    );
    await publish();
    await drained(topology.queues.notifications.name);
    expect(await letters()).toHaveLength(1);
    expect(new Set(hook.received.map(({ id }) => id)).size).toBe(1);
    hook.close();
  });
});
