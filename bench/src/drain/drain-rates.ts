import { spawn } from 'node:child_process';
import path from 'node:path';
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startLocalAws } from '@stocktool/local-aws';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { median } from '../statistics';

const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** What a drainer prints at its end. */
const Drained = z.object({
  messages: z.number(),
  cpuMs: z.number(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
});
type Drained = z.infer<typeof Drained>;
type Drainer = 'raw-loop' | 'consumer';
/** Two raw loops say what this machine, which also runs the endpoint, has left for a second process. */
type Rate = 'raw' | 'consumer' | 'twoConsumers' | 'twoRaw' | 'control';

/**
 * Drains the same number of no-op messages with a raw SDK loop and with the consumer that every service uses (heartbeat,
 * abort signal, dead-lettering, a message at a time acknowledged), interleaved round by round, and with two consumers.
 */
export async function drainRates({ messages = 6000, rounds = 5 } = {}) {
  const endpoint = await startLocalAws({ port: 0 });
  const sqs = new SQSClient({ region, credentials, endpoint: endpoint.url, useQueueUrlAsEndpoint: false });
  try {
    const queueUrl = await makeQueues(sqs, endpoint.url);
    const rates: Record<Rate, number[]> = {
      raw: [],
      consumer: [],
      twoConsumers: [],
      twoRaw: [],
      control: [],
    };
    const cpuMicroseconds: Record<'raw' | 'consumer', number[]> = { raw: [], consumer: [] };
    const measure = async (drainers: Drainer[]) => {
      await fill(sqs, queueUrl, messages);
      const runs = await Promise.all(drainers.map((drainer) => drain(drainer, endpoint.url)));
      const drained = runs.reduce((sum, run) => sum + run.messages, 0);
      if (drained !== messages) throw new Error(`${drained} of ${messages} messages were drained`);
      const wallMs =
        Math.max(...runs.map(({ endedAtMs }) => endedAtMs)) - Math.min(...runs.map(({ startedAtMs }) => startedAtMs));
      const cpu = runs.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
      return { perSecond: (1000 * messages) / wallMs, cpuMicroseconds: (1000 * cpu) / messages };
    };
    await measure(['raw-loop']);
    for (let round = 0; round < rounds; round++) {
      const raw = await measure(['raw-loop']);
      const consumer = await measure(['consumer']);
      const two = await measure(['consumer', 'consumer']);
      const twoRaw = await measure(['raw-loop', 'raw-loop']);
      const control = await measure(['raw-loop']);
      rates.raw.push(raw.perSecond);
      rates.consumer.push(consumer.perSecond);
      rates.twoConsumers.push(two.perSecond);
      rates.twoRaw.push(twoRaw.perSecond);
      rates.control.push(control.perSecond);
      cpuMicroseconds.raw.push(raw.cpuMicroseconds);
      cpuMicroseconds.consumer.push(consumer.cpuMicroseconds);
    }
    return report({ messages, rounds }, rates, cpuMicroseconds);
  } finally {
    sqs.destroy();
    await endpoint.stop();
  }
}

function report(
  { messages, rounds }: { messages: number; rounds: number },
  rates: Record<Rate, number[]>,
  cpu: Record<'raw' | 'consumer', number[]>,
) {
  const raw = median(rates.raw);
  const ratio = (values: readonly number[]) =>
    median(values.map((value, round) => value / (rates.raw[round] ?? Number.NaN)));
  const result = {
    messages,
    rounds,
    rawPerSecond: Math.round(raw),
    consumerPerSecond: Math.round(median(rates.consumer)),
    twoConsumersPerSecond: Math.round(median(rates.twoConsumers)),
    consumerToRaw: ratio(rates.consumer),
    twoRawToOne: ratio(rates.twoRaw),
    controlToRaw: ratio(rates.control),
    twoConsumersToOne: median(rates.twoConsumers.map((value, round) => value / (rates.consumer[round] ?? Number.NaN))),
    rawCpuMicroseconds: median(cpu.raw),
    consumerCpuMicroseconds: median(cpu.consumer),
  };
  console.log(`\nDraining ${messages} no-op messages, median of ${rounds} interleaved rounds`);
  console.log(
    `raw SDK loop          ${result.rawPerSecond} messages/s, ${result.rawCpuMicroseconds.toFixed(0)} µs CPU each`,
  );
  console.log(
    `consumer              ${result.consumerPerSecond} messages/s, ${result.consumerCpuMicroseconds.toFixed(0)} µs CPU each: ${result.consumerToRaw.toFixed(2)}× raw`,
  );
  console.log(
    `two consumers         ${result.twoConsumersPerSecond} messages/s: ${result.twoConsumersToOne.toFixed(2)}× one`,
  );
  console.log(`two raw loops         ${result.twoRawToOne.toFixed(2)}× one: what the machine has to give`);
  console.log(
    `raw again (control)   ${result.controlToRaw.toFixed(2)}× raw${Math.abs(result.controlToRaw - 1) > 0.1 ? ': not judged, the machine is too noisy' : ''}`,
  );
  return result;
}

async function makeQueues(sqs: SQSClient, url: string): Promise<string> {
  const { name, deadLetterName } = topology.queues.analysis;
  await sqs.send(new CreateQueueCommand({ QueueName: deadLetterName }));
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: '120' } }),
  );
  const dynamo = new DynamoDBClient({ region, credentials, endpoint: url });
  const { idempotency } = topology.tables;
  await dynamo.send(
    new CreateTableCommand({
      TableName: idempotency.name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: idempotency.partitionKey, KeyType: 'HASH' },
        { AttributeName: idempotency.sortKey, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: idempotency.partitionKey, AttributeType: 'S' },
        { AttributeName: idempotency.sortKey, AttributeType: 'S' },
      ],
    }),
  );
  dynamo.destroy();
  if (QueueUrl === undefined) throw new Error('the queue has no address');
  return QueueUrl;
}

async function fill(sqs: SQSClient, QueueUrl: string, count: number): Promise<void> {
  const MessageBody = JSON.stringify({ userId: crypto.randomUUID(), analysisId: crypto.randomUUID() });
  const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody }));
  const lane = async () => {
    for (let sent = 0; sent < count / 4; sent += Entries.length)
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}

const hooks = path.resolve(import.meta.dirname, '../../../tools/typescript-hooks.mjs');

function drain(drainer: Drainer, url: string): Promise<Drained> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', hooks, path.join(import.meta.dirname, `${drainer}.ts`)],
      {
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: url,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: 120_000,
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) => {
      const line = output.trimEnd().split('\n').at(-1) ?? '';
      if (code === 0) resolve(Drained.parse(JSON.parse(line)));
      else reject(new Error(`${drainer} ended with code ${code}`));
    });
  });
}
