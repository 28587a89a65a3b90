import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ClaimLedger, QueueDirectory, QueueSender } from '@stocktool/aws-sqs';
import { makeEvent, systemClock, type NotificationWork, type StockToolEvent } from '@stocktool/contracts';
import { DeliveryTable, dueMessage, SubscriptionTable, unsubscribeTokenOf } from '@stocktool/subscriptions';
import { createQueuePair, createTable, eventually, localDynamo, localSqs, lostAnswers } from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { v7 as uuidv7 } from 'uuid';
import { Channels } from './delivery/channels';
import { Deliver } from './delivery/deliver';
import { RetrySchedule } from './delivery/retry-schedule';
import { TargetGate, type TargetGateOptions } from './delivery/target-gate';
import { mailConnections, Mailer } from './mail/mailer';
import { SendAccountMail } from './mail/send-account-mail';
import { NotificationHandler } from './notification.handler';
import { WebhookClient } from './webhook/webhook-client';

const publicUrl = 'http://localhost:3000';
const [client, sqs] = [localDynamo(), localSqs()];
const closers: (() => unknown)[] = [];

interface Post {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}
const posts: Post[] = [];
const mails: Email[] = [];
/** What the receiver answers, by path: the last one stays. */
const answers = new Map<string, number[]>();
const held = new Set<string>();

async function receiver(): Promise<string> {
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      posts.push({ path, headers: request.headers as Record<string, string>, body: Buffer.concat(parts).toString() });
      if (held.has(path)) return;
      const script = answers.get(path) ?? [200];
      const status = script.length > 1 ? script.shift() : script[0];
      response.writeHead(status ?? 200, status === 429 ? { 'retry-after': '7' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function mailServer(): Promise<string> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith('nobody@') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null),
    onData: (stream, _session, done) => {
      buffer(stream)
        .then((bytes) => PostalMime.parse(bytes))
        .then((mail) => {
          mails.push(mail);
          done();
        }, done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
}

async function surroundings() {
  const [subscriptionsTable, idempotency, queue] = await Promise.all([
    createTable('subscriptions'),
    createTable('idempotency'),
    createQueuePair('notifications'),
  ]);
  closers.push(...[subscriptionsTable, idempotency, queue].map((one) => () => one.drop()));
  const [hooks, smtpUrl] = await Promise.all([receiver(), mailServer()]);
  const dynamo = new Dynamo(client);
  const subscriptions = new SubscriptionTable(dynamo, systemClock, subscriptionsTable.name);
  const deliveries = new DeliveryTable(dynamo, systemClock, subscriptionsTable.name);
  const ledger = new ClaimLedger(dynamo, idempotency.name);
  const names = { ...topology.queues, notifications: { name: queue.name, deadLetterName: queue.deadLetterName } };
  const sender = new QueueSender(sqs, new QueueDirectory(sqs, names));
  return {
    hooks,
    smtpUrl,
    subscriptionsTable: subscriptionsTable.name,
    subscriptions,
    deliveries,
    ledger,
    sender,
    queue,
  };
}
let here: Awaited<ReturnType<typeof surroundings>>;

interface NotifierSettings {
  readonly retrySeconds?: number[];
  readonly gate?: TargetGateOptions;
  readonly timeoutMs?: number;
  readonly deliveries?: DeliveryTable;
}

/** One notifier process, but for its poller. */
function notifier({
  retrySeconds = [1, 1],
  gate = {},
  timeoutMs = 2000,
  deliveries = here.deliveries,
}: NotifierSettings = {}): NotificationHandler {
  const { subscriptions, ledger, sender, smtpUrl } = here;
  const mailer = new Mailer({ smtpUrl, from: 'StockTool <notify@stocktool.example>' });
  const webhooks = new WebhookClient(systemClock, { allowPrivateNetworks: true, timeoutMs });
  closers.push(
    () => mailer.beforeApplicationShutdown(),
    () => webhooks.beforeApplicationShutdown(),
  );
  const line = new TargetGate({ mostOf: { email: mailConnections }, ...gate });
  const deliver = new Deliver({
    subscriptions,
    deliveries,
    channels: new Channels(webhooks, mailer, publicUrl),
    queue: sender,
    schedule: new RetrySchedule(retrySeconds),
    gate: line,
    clock: systemClock,
  });
  const accountMail = new SendAccountMail(mailer, ledger, publicUrl, line);
  return new NotificationHandler(subscriptions, deliveries, deliver, accountMail);
}

const handle = (handler: NotificationHandler, work: NotificationWork, signal = new AbortController().signal) =>
  handler.handle(work, {
    signal,
    messageId: randomUUID(),
    receiveCount: 1,
    requestId: undefined,
  });

function completed(userId: string): StockToolEvent {
  const analysisId = uuidv7();
  const at = new Date('2026-03-02T15:00:00.000Z');
  const links = { self: `/v1/analyses/${analysisId}`, report: `/v1/analyses/${analysisId}/report` };
  return makeEvent('analysis.completed', {
    id: `${analysisId}:completed`,
    source: 'test',
    time: at,
    data: {
      userId,
      analysisId,
      kind: 'portfolio',
      createdAt: at.toISOString(),
      finishedAt: at.toISOString(),
      window: { from: '2014-01-02', to: '2017-12-29' },
      headline: {
        totalReturn: 1.3482,
        annualVolatility: 0.1823,
        sharpe: 1.04,
        maxDrawdown: 0.2245,
        historicalVar95: null,
      },
      links,
    },
  });
}

async function webhookOf(userId: string, path = `/${randomUUID()}`, events = ['analysis.*']) {
  const { subscription } = await here.subscriptions.create(
    userId,
    { channel: 'webhook', target: `${here.hooks}${path}`, events },
    { allowPrivateNetworks: true },
  );
  return { id: subscription.id, secret: subscription.secret!, path };
}
const postsTo = (path: string) => posts.filter((post) => post.path === path);
const deliveriesOf = async (userId: string, subscriptionId: string) =>
  (await here.deliveries.list(userId, subscriptionId, { limit: 100 })).items;
/** The next delivery-due message of this delivery, as the queue gives it out. */
const dueOf = (subscriptionId: string): Promise<NotificationWork | undefined> =>
  eventually<NotificationWork | undefined>(
    async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: here.queue.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      due.push(...Messages.map(({ Body }) => JSON.parse(Body!) as NotificationWork));
      const position = due.findIndex((work) => 'subscriptionId' in work && work.subscriptionId === subscriptionId);
      return position < 0 ? undefined : due.splice(position, 1)[0];
    },
    { timeoutMs: 15_000 },
  );
const due: NotificationWork[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  here = await surroundings();
}, 60_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  client.destroy();
  sqs.destroy();
}, 30_000);

describe('an event', () => {
  it('is posted once, signed, however many copies arrive at however many notifiers', async () => {
    const userId = randomUUID();
    const { id, secret, path } = await webhookOf(userId);
    const event = completed(userId);
    const [one, other] = [notifier(), notifier()];
    await Promise.all(Array.from({ length: 5 }, (_, i) => handle(i % 2 ? one : other, event)));
    for (let i = 0; i < 3; i++) await handle(one, event);
    const [post, ...more] = postsTo(path);
    expect(more).toEqual([]);
    const body = new Webhook(secret).verify(post!.body, post!.headers);
    expect(body).toEqual({
      type: 'analysis.completed',
      timestamp: event.time,
      data: { ...event.data, sequence: 1 },
    });
    const [delivery] = await deliveriesOf(userId, id);
    expect(post!.headers['webhook-id']).toBe(delivery!.id);
    expect(delivery).toMatchObject({
      status: 'delivered',
      eventId: event.id,
      attempts: [{ ok: true, responseCode: 200 }],
    });
  });

  it('numbers the deliveries of a subscription without a gap', async () => {
    const userId = randomUUID();
    const { path } = await webhookOf(userId);
    const handler = notifier();
    for (let i = 0; i < 4; i++) await handle(handler, completed(userId));
    expect(postsTo(path).map(({ body }) => JSON.parse(body).data.sequence)).toEqual([1, 2, 3, 4]);
  });

  it('goes to the subscriptions that take it, and to nobody else', async () => {
    const userId = randomUUID();
    const [taking, other, disabled, stranger] = await Promise.all([
      webhookOf(userId),
      webhookOf(userId, undefined, ['price.alert']),
      webhookOf(userId),
      webhookOf(randomUUID()),
    ]);
    await here.subscriptions.patch(userId, disabled.id, { status: 'disabled' });
    await handle(notifier(), completed(userId));
    expect([taking, other, disabled, stranger].map(({ path }) => postsTo(path).length)).toEqual([1, 0, 0, 0]);
  });

  it('is one mail with the headline figures and a link to the report', async () => {
    const userId = randomUUID();
    const email = `${randomUUID()}@example.com`;
    const { subscription } = await here.subscriptions.create(
      userId,
      { channel: 'email', target: email, events: ['analysis.completed'] },
      { allowPrivateNetworks: false, verifiedEmail: email },
    );
    const event = completed(userId);
    const handler = notifier();
    await Promise.all([1, 2, 3].map(() => handle(handler, event)));
    const sent = mails.filter(({ to }) => to?.some(({ address }) => address === email));
    expect(sent).toHaveLength(1);
    const header = (name: string) => sent[0]!.headers.find(({ key }) => key === name)?.value;
    const token = unsubscribeTokenOf(await here.subscriptions.row(userId, subscription.id))!;
    const link = `${publicUrl}/v1/subscriptions/unsubscribe?token=${token}`;
    expect(header('list-unsubscribe')).toBe(`<${link}>`);
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(sent[0]!.text).toContain(link);
    expect(sent[0]!.html).toContain(`href="${link}"`);
    for (const content of [sent[0]!.html, sent[0]!.text]) {
      expect(content).toContain('134.82 %');
      expect(content).toContain('undefined');
      expect(content).toContain(`${publicUrl}${(event.data as { links: { report: string } }).links.report}`);
    }
  });

  it('waits for the owner of a foreign address to agree', async () => {
    const userId = randomUUID();
    const email = `${randomUUID()}@example.com`;
    const { subscription, confirmToken } = await here.subscriptions.create(
      userId,
      { channel: 'email', target: email, events: ['analysis.*'] },
      { allowPrivateNetworks: false, verifiedEmail: 'me@example.com' },
    );
    expect(subscription.status).toBe('pending');
    const handler = notifier();
    const sent = () => mails.filter(({ to }) => to?.some(({ address }) => address === email)).length;
    await handle(handler, completed(userId));
    expect(sent()).toBe(0);
    await here.subscriptions.confirm(confirmToken!);
    await handle(handler, completed(userId));
    expect(sent()).toBe(1);
  });
});

describe('a failed delivery', () => {
  it('is repeated with the same id and body until it succeeds', async () => {
    const userId = randomUUID();
    const { id, secret, path } = await webhookOf(userId);
    answers.set(path, [500, 503, 200]);
    const handler = notifier();
    await handle(handler, completed(userId));
    await handle(handler, (await dueOf(id))!);
    await handle(handler, (await dueOf(id))!);
    const sent = postsTo(path);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
    sent.forEach(({ body, headers }) => new Webhook(secret).verify(body, headers));
    const [delivery] = await deliveriesOf(userId, id);
    expect(delivery!.status).toBe('delivered');
    expect(delivery!.attempts.map(({ responseCode }) => responseCode)).toEqual([500, 503, 200]);
  }, 40_000);

  it('fails for good after the last retry, and can be repeated by hand', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    answers.set(path, [500, 500, 200]);
    const handler = notifier({ retrySeconds: [1] });
    await handle(handler, completed(userId));
    await handle(handler, (await dueOf(id))!);
    const [failed] = await deliveriesOf(userId, id);
    expect(failed).toMatchObject({ status: 'failed', nextAttemptAt: null });
    await handle(handler, await here.deliveries.retry(userId, id, failed!.id));
    expect((await deliveriesOf(userId, id))[0]).toMatchObject({ status: 'delivered' });
  }, 40_000);

  it('is attempted once per due message, whatever copies there are', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    answers.set(path, [500, 200]);
    const handler = notifier();
    await handle(handler, completed(userId));
    const message = (await dueOf(id))!;
    await Promise.all([1, 2, 3, 4].map(() => handle(handler, message)));
    await handle(handler, message);
    expect(postsTo(path)).toHaveLength(2);
  }, 40_000);

  it('waits as long as the receiver asks', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    answers.set(path, [429]);
    const before = Date.now();
    await handle(notifier(), completed(userId));
    const [delivery] = await deliveriesOf(userId, id);
    expect(Date.parse(delivery!.nextAttemptAt!)).toBeGreaterThanOrEqual(before + 7000);
  });

  it('disables the subscription of a receiver that is gone', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    answers.set(path, [410]);
    await handle(notifier(), completed(userId));
    expect((await here.subscriptions.get(userId, id)).status).toBe('disabled');
    expect((await deliveriesOf(userId, id))[0]!.status).toBe('failed');
  });

  it('is swept when its wait is longer than a queue can delay', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    answers.set(path, [500]);
    await handle(notifier({ retrySeconds: [7200] }), completed(userId));
    const [delivery] = await deliveriesOf(userId, id);
    expect(delivery).toMatchObject({ status: 'pending' });
    expect(Date.parse(delivery!.nextAttemptAt!) - Date.now()).toBeGreaterThan(7000 * 1000);
    expect(await here.deliveries.due(100)).toEqual([]);
  });
});

describe('a receiver that does not answer', () => {
  it('holds four attempts and no more once it is known; the others come back later', async () => {
    const userId = randomUUID();
    const { path, id } = await webhookOf(userId);
    held.add(path);
    const handler = notifier({ timeoutMs: 500, gate: { slowMs: 300 } });
    await handle(handler, completed(userId));
    await Promise.all(Array.from({ length: 6 }, () => handle(handler, completed(userId))));
    expect(postsTo(path)).toHaveLength(5);
    const statuses = (await deliveriesOf(userId, id)).map(({ attempts }) => attempts.length).sort();
    expect(statuses).toEqual([0, 0, 1, 1, 1, 1, 1]);
  });
});

/** An event's delivery as its notifier makes it before the first attempt. */
async function pendingDelivery(userId: string, subscriptionId: string) {
  const { data, ...rest } = completed(userId);
  return here.deliveries.create(await here.subscriptions.row(userId, subscriptionId), { ...rest, data });
}

describe('a busy receiver', () => {
  it('has one message on its way for each delivery, however many arrive, and none once it is settled', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    const work = dueMessage(await pendingDelivery(userId, id));
    const full = notifier({ gate: { most: 0, waitMs: 0 } });
    await Promise.all(Array.from({ length: 8 }, () => handle(full, work)));
    expect(await dueOf(id)).toEqual(work);
    await handle(notifier(), work);
    await handle(full, work);
    await pause(11_000); // longer than any message is put off
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: here.queue.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    expect(
      [...due, ...Messages.map(({ Body }) => JSON.parse(Body!))].filter((one) => one.subscriptionId === id),
    ).toEqual([]);
    expect(postsTo(path)).toHaveLength(1);
  }, 40_000);
});

describe('a delivery that cannot be made', () => {
  it('is given up when its attempts are cut off again and again', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    const delivery = await pendingDelivery(userId, id);
    for (let claim = 1; claim <= 5; claim++) await here.deliveries.claim(delivery, 1, 0);
    await handle(notifier(), dueMessage(delivery));
    const [shown] = await deliveriesOf(userId, id);
    expect(shown).toMatchObject({ status: 'failed', attempts: [{}, { error: expect.stringContaining('given up') }] });
    expect(postsTo(path)).toEqual([]);
  });

  it('goes when its subscription has gone', async () => {
    const userId = randomUUID();
    const { id } = await webhookOf(userId);
    const delivery = await pendingDelivery(userId, id);
    await here.subscriptions.delete(userId, id);
    await handle(notifier(), dueMessage(delivery));
    expect(await deliveriesOf(userId, id)).toEqual([]);
  });

  it('is attempted once more when the shutdown cut off its last attempt', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    held.add(path);
    const stopping = new AbortController();
    const handled = handle(notifier({ retrySeconds: [], timeoutMs: 10_000 }), completed(userId), stopping.signal);
    await eventually(() => postsTo(path).length > 0);
    stopping.abort();
    await handled;
    expect((await deliveriesOf(userId, id))[0]).toMatchObject({ status: 'pending' });
    held.delete(path);
    await handle(notifier(), (await dueOf(id))!);
    expect((await deliveriesOf(userId, id))[0]).toMatchObject({ status: 'delivered' });
  });
});

describe('a lost answer of the database', () => {
  it.each([
    ['claim', 'SET lastWrite = :lastWrite, #leaseUntilEpochMs'],
    ['record', '#attemptCount + :one'],
  ])('to the %s of an attempt changes nothing: one attempt is shown, and 410 disables', async (_, text) => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    answers.set(path, [410]);
    using line = await lostAnswers();
    const flaky = new DynamoDBClient({
      endpoint: line.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    closers.push(() => flaky.destroy());
    line.loseNext('UpdateItem', text);
    const deliveries = new DeliveryTable(new Dynamo(flaky), systemClock, here.subscriptionsTable);
    await handle(notifier({ deliveries }), completed(userId));
    expect(line.lost).toBe(1);
    expect((await here.subscriptions.get(userId, id)).status).toBe('disabled');
    const [shown] = await deliveriesOf(userId, id);
    expect(shown).toMatchObject({ status: 'failed', attempts: [{ responseCode: 410 }] });
  });
});

describe('mail', () => {
  it('has an end for its attempt, whatever the server does', async () => {
    const sockets: Socket[] = [];
    const silent = createNetServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const smtpUrl = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const mailer = new Mailer({ smtpUrl, from: 'a@example.com', sendMs: 100 });
    closers.push(
      () => mailer.beforeApplicationShutdown(),
      () => (sockets.forEach((socket) => socket.destroy()), silent.close()),
    );
    const mail = { subject: 's', text: 't', html: '<p>t</p>' };
    expect(await mailer.send('id', 'b@example.com', mail)).toMatchObject({ ok: false, permanent: false });
  });

  it('of accounts waits in line with all other: never more at once than there are connections', async () => {
    const at = { once: 0, most: 0 };
    const slow = {
      send: async () => {
        at.most = Math.max(at.most, ++at.once);
        await pause(50);
        at.once--;
        return { ok: true } as const;
      },
    } as unknown as Mailer;
    const gate = new TargetGate({ mostOf: { email: mailConnections } });
    const accounts = new SendAccountMail(slow, here.ledger, publicUrl, gate);
    const works = Array.from({ length: 10 }, () => randomUUID());
    await Promise.all(
      works.map((id) =>
        accounts.run({
          kind: 'account-mail',
          id,
          template: 'verify-email',
          to: 'a@example.com',
          token: 't'.repeat(40),
        }),
      ),
    );
    expect(at).toEqual({ once: 0, most: mailConnections });
  });
});

describe('a crash between the post and its record', () => {
  it('repeats the post under the same id, and the row shows both', async () => {
    const userId = randomUUID();
    const { id, path } = await webhookOf(userId);
    const event = completed(userId);
    const row = await here.subscriptions.row(userId, id);
    const { data, ...rest } = event;
    const delivery = await here.deliveries.create(row, { ...rest, data });
    await here.deliveries.claim(delivery, 1, 0); // a worker that died: its lease ends at once
    await handle(notifier(), event);
    expect(postsTo(path)).toHaveLength(1);
    const [shown] = await deliveriesOf(userId, id);
    expect(shown!.attempts).toMatchObject([{ ok: false, error: expect.stringContaining('cut off') }, { ok: true }]);
  });
});

describe('account mail', () => {
  it('is one mail per request and carries the token', async () => {
    const to = `${randomUUID()}@example.com`;
    const work = {
      kind: 'account-mail',
      id: randomUUID(),
      template: 'verify-email',
      to,
      token: 't'.repeat(40),
    } as const;
    const handler = notifier();
    for (let i = 0; i < 3; i++) await handle(handler, work);
    const sent = mails.filter((mail) => mail.to?.some(({ address }) => address === to));
    expect(sent).toHaveLength(1);
    expect(sent[0]!.text).toContain(work.token);
    expect(sent[0]!.html).toContain(`${publicUrl}/verify-email#token=${work.token}`);
  });

  it('is given up for an address that does not exist', async () => {
    const to = `nobody@${randomUUID()}.example`;
    const work = {
      kind: 'account-mail',
      id: randomUUID(),
      template: 'verify-email',
      to,
      token: 't'.repeat(40),
    } as const;
    await expect(handle(notifier(), work)).rejects.toMatchObject({ retryable: false });
  });
});
