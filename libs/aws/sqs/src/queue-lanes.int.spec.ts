import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Dynamo, DynamoModule } from '@stocktool/aws-dynamodb';
import type { QueueBody } from '@stocktool/contracts';
import { createQueuePair, createTable, eventually, localDynamo, type LocalResource } from '@stocktool/testing';
import { DeadLetters } from './dead-letters';
import { FailureLedger } from './failure-ledger';
import { lanesOf, QueueConsumers } from './queue-consumers';
import { QueueDirectory } from './queue-directory';
import { QueueHandler } from './queue-handler';
import { QueueModule } from './queue.module';
import { QueueSender } from './queue-sender';
import { received, scriptedSqs } from './scripted-sqs.fixture';

type Body = QueueBody<'analysis'>;
const body = (): Body => ({ userId: randomUUID(), analysisId: randomUUID() });

let table: LocalResource;
beforeAll(async () => {
  Logger.overrideLogger(false);
  table = await createTable('idempotency');
});
afterAll(() => table.drop());

@Injectable()
class Handler extends QueueHandler<'analysis'> {
  readonly bodies: Body[] = [];
  running = 0;
  mostRunning = 0;

  async handle(message: Body): Promise<void> {
    this.bodies.push(message);
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    await new Promise(setImmediate);
    this.running -= 1;
  }
}

it('polls with one loop for each ten messages of room, three at most', () => {
  const count = (concurrency: number) => lanesOf('analysis', { concurrency }).length;
  expect([1, 10, 19, 20, 32, 256].map(count)).toEqual([1, 1, 1, 2, 3, 3]);
});

it('lets a second loop receive only while the receives of the first are full', async () => {
  const sqs = await scriptedSqs({});
  const dynamo = new Dynamo(localDynamo());
  const consumers = await QueueConsumers.of(
    ['analysis'],
    { concurrency: 20, visibilitySeconds: 30 },
    {
      client: sqs.client,
      directory: new QueueDirectory(sqs.client),
      ledger: new FailureLedger(dynamo, table.name),
      deadLetters: new DeadLetters(dynamo, table.name),
    },
  );
  const [first, second] = consumers.lanes.map(({ consumer }) => consumer);
  const handler = new Handler();
  consumers.lanes.forEach(({ consumer }) => consumer.open(handler));
  let awake = 0;
  const wake = async () => {
    await second!.ready();
    awake += 1;
  };
  const settle = () => new Promise(setImmediate);
  void wake();
  await first!.receive(Array.from({ length: 9 }, () => received(body())));
  await settle();
  expect(awake).toBe(0);
  await first!.receive(Array.from({ length: 10 }, () => received(body())));
  await eventually(() => awake === 1);
  await wake();
  expect(awake).toBe(2);
  await first!.receive([]);
  void wake();
  await settle();
  expect(awake).toBe(2);
  await consumers.drain(1000);
  await eventually(() => awake === 3);
  sqs.close();
});

it('handles every message of a full queue once, within the room that was given', async () => {
  const pair = await createQueuePair('analysis');
  const queueModule = QueueModule.register({
    consume: { analysis: Handler },
    names: { analysis: pair },
    idempotencyTable: table.name,
    concurrency: 20,
    waitSeconds: 1,
  });
  const app = await Test.createTestingModule({
    imports: [DynamoModule.register(), queueModule],
    providers: [Handler],
  }).compile();
  const sender = app.get(QueueSender);
  const sent = Array.from({ length: 200 }, body);
  await Promise.all(sent.map((each) => sender.send('analysis', each)));
  await app.init();
  const handler = app.get(Handler);
  await eventually(() => handler.bodies.length >= sent.length, { timeoutMs: 20_000 });
  const ids = (bodies: Body[]) => bodies.map(({ analysisId }) => analysisId).sort();
  expect(ids(handler.bodies)).toEqual(ids(sent));
  expect(handler.mostRunning).toBeGreaterThan(0);
  expect(handler.mostRunning).toBeLessThanOrEqual(20);
  await app.close();
  await pair.drop();
});
