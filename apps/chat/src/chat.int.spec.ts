import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { CreateSecretCommand, GetSecretValueCommand, ResourceExistsException } from '@aws-sdk/client-secrets-manager';
import { Client, credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import { Logger } from '@nestjs/common';
import { Transport } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { ObjectStore } from '@stocktool/aws-s3';
import { QueueDirectory, QueueSender } from '@stocktool/aws-sqs';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { chatGrpcOptions, chatPackageDefinition, prewarmGrpc, rpcProblem, testService } from '@stocktool/bootstrap';
import { ChatEvent, parseJson, systemClock, userContextKey, type RpcEvent } from '@stocktool/contracts';
import { chunk, done, fails, ProviderServer, sends, sendsEvents, usageChunk } from '@stocktool/llm/provider-server';
import {
  createQueuePair,
  createTable,
  eventually,
  localDynamo,
  localEndpoint,
  localS3,
  localSecrets,
  localSqs,
} from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import { SignJWT } from 'jose';
import request from 'supertest';
import { z } from 'zod';
import { AppModule } from './app.module';
import { ConversationTable, RepliesStored } from './conversation/conversation.table';
import { Environment } from './config';
import { hubDefaults, StreamHub } from './stream/stream-hub';
import { StreamTable } from './stream/stream.table';

Logger.overrideLogger(false);
const [conversations, streams, analysesTable, analysis] = await Promise.all([
  createTable('conversations'),
  createTable('idempotency'),
  createTable('analyses'),
  createQueuePair('analysis'),
]);
const dynamo = localDynamo();
const sqs = localSqs();
const secrets = localSecrets();
const s3 = localS3();
const results = new ResultStore(new Dynamo(dynamo), new ObjectStore(s3), analysesTable.name);
const analyses = new AnalysisTable(new Dynamo(dynamo), results, systemClock, analysesTable.name);
const Keys = z.object({ userContextKey: z.string() });
/** The key of this endpoint: made here, unless a provisioner was there first. */
async function contextKey(): Promise<Buffer> {
  const made = { userContextKey: randomBytes(32).toString('base64url') };
  const create = new CreateSecretCommand({
    Name: topology.secrets.userContext.name,
    SecretString: JSON.stringify(made),
  });
  await secrets.send(create).catch((error: unknown) => {
    if (!(error instanceof ResourceExistsException)) throw error;
  });
  const { SecretString } = await secrets.send(
    new GetSecretValueCommand({ SecretId: topology.secrets.userContext.name }),
  );
  return Buffer.from(parseJson(Keys, SecretString!).userContextKey, 'base64url');
}
const key = await contextKey();

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

interface Service {
  app: NestFastifyApplication;
  client: Client & Record<string, (...args: never[]) => never>;
}
const services: Service[] = [];

/** One process' worth of the service: all of the module over tables of this test. */
async function start(settings: Record<string, string> = {}): Promise<Service> {
  await prewarmGrpc();
  const url = `127.0.0.1:${await freePort()}`;
  const environment = Environment.parse({
    DATA_DIR: path.resolve(import.meta.dirname, '../../../data'),
    AWS_ENDPOINT_URL: localEndpoint(),
    ...settings,
  });
  const names = { ...topology.queues, analysis };
  const hub = new StreamHub(new StreamTable(new Dynamo(dynamo), systemClock, streams.name), systemClock, {
    ...hubDefaults,
    heartbeatMs: 100,
    drainMs: 100,
    follow: { ...hubDefaults.follow, pollMs: 30 },
  });
  const app = await testService(AppModule.register(environment), {
    override: (builder) =>
      builder
        .overrideProvider(ConversationTable)
        .useValue(new ConversationTable(new Dynamo(dynamo), systemClock, conversations.name))
        .overrideProvider(RepliesStored)
        .useValue(new RepliesStored(new Dynamo(dynamo), systemClock, conversations.name))
        .overrideProvider(StreamHub)
        .useValue(hub)
        .overrideProvider(AnalysisTable)
        .useValue(analyses)
        .overrideProvider(QueueSender)
        .useValue(new QueueSender(sqs, new QueueDirectory(sqs, names))),
    configure: (created) => {
      created.connectMicroservice(
        { transport: Transport.GRPC, options: chatGrpcOptions(url) },
        { inheritAppConfig: true, deferInitialization: true },
      );
    },
  });
  await app.startAllMicroservices();
  const loaded = loadPackageDefinition(chatPackageDefinition()) as never as {
    stocktool: { chat: { v1: { Chat: new (address: string, c: unknown) => Service['client'] } } };
  };
  const service = { app, client: new loaded.stocktool.chat.v1.Chat(url, credentials.createInsecure()) };
  services.push(service);
  return service;
}

const one = await start();
afterAll(async () => {
  await Promise.all(
    services.map(async ({ app, client }) => {
      client.close();
      await app.close();
    }),
  );
  await Promise.all([conversations.drop(), streams.drop(), analysesTable.drop(), analysis.drop()]);
  [dynamo, sqs, secrets, s3].forEach((client) => client.destroy());
});

async function contextOf(userId: string, { audience = 'chat', signedWith = key, lives = '1m' } = {}) {
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setAudience(audience)
    .setExpirationTime(lives)
    .sign(signedWith);
  const metadata = new Metadata();
  metadata.set(userContextKey, token);
  return metadata;
}

interface Read {
  sequence: number;
  event: ChatEvent;
}
async function stream(service: Service, method: 'Reply' | 'Attach', userId: string, body: object, metadata?: Metadata) {
  const call = service.client[method]!(
    ...([{ json: JSON.stringify(body) }, metadata ?? (await contextOf(userId))] as never[]),
  ) as AsyncIterable<RpcEvent> & { cancel(): void };
  const events: Read[] = [];
  const finished = (async () => {
    try {
      for await (const { sequence, json } of call) events.push({ sequence, event: parseJson(ChatEvent, json) });
    } catch (error) {
      throw rpcProblem.fromError(error) ?? error;
    }
    return events;
  })();
  finished.catch(() => undefined);
  return { call, events, finished };
}
const answerTo = async (service: Service, method: string, userId: string, body: object): Promise<never> => {
  const metadata = await contextOf(userId);
  return new Promise((resolve, reject) =>
    service.client[method]!(
      ...([
        { json: JSON.stringify(body) },
        metadata,
        (error: unknown, value: { json: string }) =>
          error
            ? reject(rpcProblem.fromError(error) ?? new Error('no problem of ours'))
            : resolve(parseJson(z.any(), value.json) as never),
      ] as never[]),
    ),
  );
};
const names = (events: Read[]) => events.map(({ event }) => event.event);
const textOf = (events: Read[]) => events.map(({ event }) => (event.event === 'delta' ? event.data.text : '')).join('');
const placeOf = (events: Read[]) => {
  const first = events[0]!.event;
  if (first.event !== 'conversation') throw new Error('no conversation event');
  return first.data;
};

describe('the chat service over gRPC', () => {
  it('answers a question with events numbered from 1, and keeps question and answer', async () => {
    const userId = randomUUID();
    const { finished } = await stream(one, 'Reply', userId, { message: 'How risky is AMD since 2015?' });
    const events = await finished;
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(names(events).slice(0, 3)).toEqual(['conversation', 'tool_call', 'tool_result']);
    expect(names(events).slice(-2)).toEqual(['usage', 'done']);
    const { conversationId, messageId } = placeOf(events);
    const kept: {
      messages: { id: string; role: string; content: string; grounding?: { ok: boolean }[] }[];
      title: string;
    } = await answerTo(one, 'GetConversation', userId, { conversationId });
    expect(kept.title).toBe('How risky is AMD since 2015?');
    expect(kept.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(kept.messages[1]).toMatchObject({ id: messageId, content: textOf(events) });
    expect(kept.messages[1]!.grounding!.every(({ ok }) => ok)).toBe(true);
    const list: { items: { id: string }[] } = await answerTo(one, 'ListConversations', userId, {});
    expect(list.items.map(({ id }) => id)).toEqual([conversationId]);
  });

  it('is one reply under a message id that is given, however often it is asked for', async () => {
    const userId = randomUUID();
    const body = { message: 'How risky is AMD since 2015?', messageId: randomUUID() };
    const calls = await Promise.all(Array.from({ length: 3 }, () => stream(one, 'Reply', userId, body)));
    const [first, ...others] = await Promise.all(calls.map(({ finished }) => finished));
    expect(placeOf(first!).messageId).toBe(body.messageId);
    for (const other of others) expect(other).toEqual(first);
    const list: { items: unknown[] } = await answerTo(one, 'ListConversations', userId, {});
    expect(list.items).toHaveLength(1);
  });
  it('remembers what was asked before', async () => {
    const userId = randomUUID();
    const first = await (await stream(one, 'Reply', userId, { message: 'How risky is AAPL since 2015?' })).finished;
    const { conversationId } = placeOf(first);
    const next = await (await stream(one, 'Reply', userId, { message: 'and Microsoft?', conversationId })).finished;
    expect(next.find(({ event }) => event.event === 'tool_call')!.event.data).toMatchObject({
      name: 'get_risk_assessment',
      arguments: { symbol: 'MSFT', from: '2015-01-01' },
    });
  });

  it('goes on without its reader, who comes back to another process and misses nothing', async () => {
    const two = await start();
    const userId = randomUUID();
    const message = 'Analyse 60% AAPL and 40% MSFT'; // no worker takes the job here: the tool waits for some seconds
    const { call, events } = await stream(one, 'Reply', userId, { message });
    await eventually(() => names(events).includes('tool_call'));
    call.cancel();
    const { messageId } = placeOf(events);
    const seen = events.at(-1)!.sequence;
    const there = await stream(two, 'Attach', userId, { messageId, afterSequence: seen });
    const here = await stream(one, 'Attach', userId, { messageId, afterSequence: seen });
    const [tail, same] = await Promise.all([there.finished, here.finished]);
    expect(tail).toEqual(same);
    expect(tail.map(({ sequence }) => sequence)).toEqual(tail.map((_, i) => seen + 1 + i));
    expect(textOf(tail)).toMatch(/The analysis is queued/);
    const later = await stream(two, 'Attach', userId, { messageId, afterSequence: 0 });
    expect((await later.finished).slice(seen)).toEqual(tail);
  });

  it('is cancelled from any process, and saved as such', async () => {
    const two = await start();
    const userId = randomUUID();
    const { events, finished } = await stream(one, 'Reply', userId, { message: 'Analyse 60% KO and 40% PEP' });
    await eventually(() => names(events).includes('tool_call'));
    const { conversationId, messageId } = placeOf(events);
    await answerTo(two, 'Cancel', userId, { messageId });
    expect((await finished).at(-1)!.event).toEqual({
      event: 'done',
      data: { messageId, finishReason: 'cancelled', degraded: false },
    });
    const kept: { messages: object[] } = await answerTo(one, 'GetConversation', userId, { conversationId });
    expect(kept.messages[1]).toMatchObject({ finishReason: 'cancelled' });
    await expect(answerTo(one, 'Cancel', userId, { messageId })).rejects.toMatchObject({ code: 'reply-finished' });
  });

  it('shows nobody what belongs to another user', async () => {
    const [owner, stranger] = [randomUUID(), randomUUID()];
    const events = await (await stream(one, 'Reply', owner, { message: 'price of KO' })).finished;
    const { conversationId, messageId } = placeOf(events);
    const attach = await stream(one, 'Attach', stranger, { messageId, afterSequence: 0 });
    await expect(attach.finished).rejects.toMatchObject({ code: 'message-not-found' });
    await expect(answerTo(one, 'Cancel', stranger, { messageId })).rejects.toMatchObject({ code: 'message-not-found' });
    const reply = await stream(one, 'Reply', stranger, { message: 'and PEP?', conversationId });
    await expect(reply.finished).rejects.toMatchObject({ code: 'conversation-not-found' });
    for (const method of ['GetConversation', 'DeleteConversation'])
      await expect(answerTo(one, method, stranger, { conversationId })).rejects.toMatchObject({
        code: 'conversation-not-found',
      });
    await answerTo(one, 'DeleteConversation', owner, { conversationId });
    await expect(answerTo(one, 'GetConversation', owner, { conversationId })).rejects.toMatchObject({
      code: 'conversation-not-found',
    });
  });

  it.each<[string, Parameters<typeof contextOf>[1]]>([
    ['another audience', { audience: 'other' }],
    ['another key', { signedWith: randomBytes(32) }],
    ['an expired context', { lives: '-1m' }],
  ])('refuses %s', async (_, options) => {
    const metadata = await contextOf(randomUUID(), options);
    const { finished } = await stream(one, 'Reply', '', { message: 'hi' }, metadata);
    await expect(finished).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('refuses a caller without a context', async () => {
    const { finished } = await stream(one, 'Reply', '', { message: 'hi' }, new Metadata());
    await expect(finished).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it.each([
    [{ message: '' }, 'message'],
    [{ message: 'x'.repeat(8001) }, 'message'],
    [{ message: 'hi', model: 'gpt-unknown' }, 'model'],
    [{ message: 'hi', asOf: 'yesterday' }, 'asOf'],
  ])('refuses what is not valid: %#', async (body, field) => {
    const { finished } = await stream(one, 'Reply', randomUUID(), body);
    await expect(finished).rejects.toMatchObject({ code: 'validation-failed', errors: [{ path: field }] });
  });

  it('leaves a request that a newer gateway has accepted to a newer chat service', async () => {
    const { finished } = await stream(one, 'Reply', randomUUID(), { message: 'hi', optionOfTomorrow: true });
    await expect(finished).rejects.toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 5 });
    expect(await answerTo(one, 'ListConversations', randomUUID(), { limit: 5, orderOfTomorrow: 'newest' })).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('lists the offline model and searches the knowledge pages', async () => {
    expect(await answerTo(one, 'ListModels', randomUUID(), {})).toEqual({
      items: [{ name: 'offline', provider: 'offline', available: true, default: true }],
    });
    const found: { items: { title: string }[] } = await answerTo(one, 'SearchKnowledge', randomUUID(), {
      q: 'value at risk',
      k: 3,
    });
    expect(found.items).toHaveLength(3);
    expect(found.items[0]!.title).toMatch(/value at risk/i);
  });

  it('is alive over HTTP', async () => {
    await request(one.app.getHttpServer()).get('/health/live').expect(200, { status: 'ok' });
  });
});

describe('the chat service with models of a provider', () => {
  const answer = sends([chunk({ content: 'It ' }), chunk({ content: 'did well.' }), chunk({}, 'stop'), usageChunk(50, 6), done].join('')); // prettier-ignore
  let [first, second]: ProviderServer[] = [];
  let service: Service;
  beforeAll(async () => {
    [first, second] = await Promise.all([ProviderServer.start(answer), ProviderServer.start(answer)]);
    service = await start({
      MODELS: 'openai/small,compatible/own=qwen3',
      OPENAI_API_KEY: 'sk-of-the-test',
      OPENAI_BASE_URL: first.url,
      COMPATIBLE_BASE_URL: second.url,
      MODEL_RETRIES: '0',
    });
  });
  afterAll(() => Promise.all([first!.stop(), second!.stop()]));
  const usageIn = (events: Read[]) => events.flatMap(({ event }) => (event.event === 'usage' ? [event.data] : []));
  const ask = async (message: string, body = {}) =>
    (await stream(service, 'Reply', randomUUID(), { message, ...body })).finished;

  it('answers with the first of them, or with the one that is asked for', async () => {
    const events = await ask('How did Apple do?');
    expect(textOf(events)).toBe('It did well.');
    expect(usageIn(events)).toMatchObject([{ model: 'small', promptTokens: 50, completionTokens: 6 }]);
    expect(usageIn(await ask('How did Apple do?', { model: 'own' }))).toMatchObject([{ model: 'own' }]);
    expect(second!.calls.at(-1)!.body.model).toBe('qwen3');
    expect(usageIn(await ask('hi', { model: 'offline' }))).toMatchObject([{ model: 'offline' }]);
    const { items }: { items: object[] } = await answerTo(service, 'ListModels', randomUUID(), {});
    expect(items).toEqual([
      { name: 'small', provider: 'openai', available: true, default: true },
      { name: 'own', provider: 'compatible', available: true, default: false },
      { name: 'offline', provider: 'offline', available: true, default: false },
    ]);
  });

  it('asks the next when one is down, and lets the offline model stand in for all: it says so', async () => {
    first!.answer = fails(503);
    expect(usageIn(await ask('How did Apple do?'))).toMatchObject([{ model: 'own' }]);
    second!.answer = fails(401);
    const events = await ask('price of KO');
    expect(usageIn(events)).toMatchObject([{ model: 'offline' }]);
    expect(textOf(events)).toMatch(/KO/);
    expect(events.at(-1)!.event).toMatchObject({ event: 'done', data: { degraded: true } });
    [first!.answer, second!.answer] = [answer, answer];
  });

  it('ends with a problem when a provider breaks off, and the next message of the conversation is answered', async () => {
    first!.answer = (_, response) =>
      void sendsEvents(response).write(chunk({ content: 'It did ' }), () => response.destroy());
    const userId = randomUUID();
    const broken = await (await stream(service, 'Reply', userId, { message: 'How did Apple do?' })).finished;
    expect(broken.at(-1)!.event).toMatchObject({
      event: 'problem',
      data: { type: '/problems/dependency-unavailable' },
    });
    first!.answer = answer;
    const { conversationId } = placeOf(broken);
    const again = await (await stream(service, 'Reply', userId, { message: 'Again?', conversationId })).finished;
    expect(textOf(again)).toBe('It did well.');
    expect(first!.calls.at(-1)!.body.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  });
});
