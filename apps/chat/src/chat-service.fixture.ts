import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { CreateSecretCommand, GetSecretValueCommand, ResourceExistsException } from '@aws-sdk/client-secrets-manager';
import { Client, credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import { Logger } from '@nestjs/common';
import { type NestMicroservice, Transport } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { ObjectStore } from '@stocktool/aws-s3';
import { QueueDirectory, QueueSender } from '@stocktool/aws-sqs';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { chatGrpcOptions, chatPackageDefinition, prewarmGrpc, rpcProblem, testService } from '@stocktool/bootstrap';
import { ChatEvent, parseJson, systemClock, userContextKey, type RpcEvent } from '@stocktool/contracts';
import { BuiltInPages, DocumentTable, Knowledge, KnowledgeSearch } from '@stocktool/knowledge';
import { AlertTable, type AlertRow } from '@stocktool/portfolios';
import {
  createQueuePair,
  createTable,
  localDynamo,
  localEndpoint,
  localS3,
  localSecrets,
  localSqs,
} from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import { SignJWT } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AppModule } from './app.module';
import { ConversationTable, RepliesStored } from './conversation/conversation.table';
import { BudgetTable } from './budget/budget.table';
import { dailyCap, Environment } from './config';
import { hubDefaults, StreamHub } from './stream/stream-hub';
import { StreamTable } from './stream/stream.table';

Logger.overrideLogger(false);
const [conversations, streams, analysesTable, documentsTable, portfoliosTable, analysis] = await Promise.all([
  createTable('conversations'),
  createTable('idempotency'),
  createTable('analyses'),
  createTable('documents'),
  createTable('portfolios'),
  createQueuePair('analysis'),
]);
const dynamo = localDynamo();
const sqs = localSqs();
const secrets = localSecrets();
/** The consumer takes the queue of the topology; nothing is sent to it here. */
for (const QueueName of [topology.queues.documents.name, topology.queues.documents.deadLetterName])
  await sqs.send(new CreateQueueCommand({ QueueName }));
const s3 = localS3();
const documents = new DocumentTable(new Dynamo(dynamo), systemClock, documentsTable.name);
const results = new ResultStore(new Dynamo(dynamo), new ObjectStore(s3), analysesTable.name);
const analyses = new AnalysisTable(new Dynamo(dynamo), results, systemClock, analysesTable.name);
/** With a client of the service's own name: what it does is what the service's role has to allow. */
const ownClient = new DynamoDBClient({});
const alerts = new AlertTable(new Dynamo(ownClient), systemClock, portfoliosTable.name);
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

export interface Service {
  app: NestFastifyApplication;
  client: Client & Record<string, (...args: never[]) => never>;
}
const services: Service[] = [];

/** One process' worth of the service: all of the module over tables of this test. */
export async function start(settings: Record<string, string> = {}): Promise<Service> {
  await prewarmGrpc();
  const url = `127.0.0.1:${await freePort()}`;
  const environment = Environment.parse({
    DATA_DIR: path.resolve(import.meta.dirname, '../../../data'),
    AWS_ENDPOINT_URL: localEndpoint(),
    ...settings,
  });
  const pages = await BuiltInPages.open(environment.DATA_DIR);
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
        .overrideProvider(BudgetTable)
        .useValue(new BudgetTable(new Dynamo(dynamo), systemClock, dailyCap(environment), streams.name))
        .overrideProvider(StreamHub)
        .useValue(hub)
        .overrideProvider(DocumentTable)
        .useValue(documents)
        .overrideProvider(KnowledgeSearch)
        .useValue(new Knowledge(pages, documents, new ObjectStore(s3), { cacheMegabytes: 8 }))
        .overrideProvider(AnalysisTable)
        .useValue(analyses)
        .overrideProvider(AlertTable)
        .useValue(alerts)
        .overrideProvider(QueueSender)
        .useValue(new QueueSender(sqs, new QueueDirectory(sqs, names))),
    configure: (created) => {
      const server = created.connectMicroservice(
        { transport: Transport.GRPC, options: chatGrpcOptions(url) },
        { inheritAppConfig: true, deferInitialization: true },
      );
      (server as NestMicroservice).setIsInitHookCalled(true);
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

/** For `afterAll`. */
export async function stopAll(): Promise<void> {
  await Promise.all(
    services.map(async ({ app, client }) => {
      client.close();
      await app.close();
    }),
  );
  await Promise.all([
    conversations.drop(),
    streams.drop(),
    analysesTable.drop(),
    documentsTable.drop(),
    portfoliosTable.drop(),
    analysis.drop(),
  ]);
  [dynamo, ownClient, sqs, secrets, s3].forEach((client) => client.destroy());
}

export async function contextOf(userId: string, { audience = 'chat', signedWith = key, lives = '1m' } = {}) {
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

export interface Read {
  sequence: number;
  event: ChatEvent;
}
export async function stream(
  service: Service,
  method: 'Reply' | 'Attach',
  userId: string,
  body: object,
  metadata?: Metadata,
) {
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
export const answerTo = async (service: Service, method: string, userId: string, body: object): Promise<never> => {
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
export async function alertsOf(userId: string): Promise<AlertRow[]> {
  const rows: AlertRow[] = [];
  for await (const row of alerts.all(userId)) rows.push(row);
  return rows;
}
/** As many as that, put there as the gateway would have. */
export async function keepAlerts(userId: string, count: number): Promise<void> {
  const there = new AlertTable(new Dynamo(dynamo), systemClock, portfoliosTable.name);
  for (let made = 0; made < count; made += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, count - made) }, () =>
        there.create(userId, uuidv7(), { symbol: 'KO', above: 100, holds: [] }),
      ),
    );
}
export const toolsOf = (events: Read[]) =>
  events.flatMap(({ event }) => (event.event === 'tool_result' ? [{ name: event.data.name, ok: event.data.ok }] : []));
export const names = (events: Read[]) => events.map(({ event }) => event.event);
export const textOf = (events: Read[]) =>
  events.map(({ event }) => (event.event === 'delta' ? event.data.text : '')).join('');
export const placeOf = (events: Read[]) => {
  const first = events[0]!.event;
  if (first.event !== 'conversation') throw new Error('no conversation event');
  return first.data;
};
