import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Problem } from '@stocktool/contracts';
import { clientSettings } from './client-settings';
import { Pulse } from './pulse';

let server: Server;
let client: SQSClient;
let pulse: Pulse;
/** Requests that wait for an answer. */
let held: ServerResponse[];
let requests: number;
let answering: boolean;

const answer = (response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"QueueUrls":["a"]}');
const ask = () => pulse.call((options) => client.send(new ListQueuesCommand({}), options));
const outcome = (asking: Promise<unknown>) =>
  asking.then(
    () => 'answered',
    (error: unknown) => error,
  );

beforeEach(async () => {
  [held, requests, answering] = [[], 0, true];
  server = createServer((_request, response) => {
    requests++;
    if (answering) answer(response);
    else held.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new SQSClient({
    ...clientSettings(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  pulse = new Pulse('The queue');
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

it('gives up all calls to a service that has gone silent, and ends their requests', async () => {
  await ask();
  answering = false;
  const asking = [ask(), ask()].map(outcome);
  await once(server, 'request');
  for (const error of await Promise.all(asking)) {
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 2 });
  }
  for (const response of held) if (!response.closed) await once(response, 'close');
  expect(requests).toBe(3);
});

it('then refuses at once, but for one call at a time, until one is answered', async () => {
  answering = false;
  await outcome(ask());
  const sent = requests;
  expect(await outcome(ask())).toMatchObject({ code: 'dependency-unavailable' });
  expect(requests).toBe(sent);

  answering = true;
  let refused = 0;
  while ((await outcome(ask())) !== 'answered') {
    refused++;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(refused).toBeGreaterThan(0);
  expect(requests).toBe(sent + 1);
  expect(await Promise.all([ask(), ask()].map(outcome))).toEqual(['answered', 'answered']);
});

it('waits for a slow answer while others are answered', async () => {
  answering = false;
  const slow = outcome(ask());
  await once(server, 'request');
  answering = true;
  const startedAt = performance.now();
  while (performance.now() - startedAt < 1500) expect(await outcome(ask())).toBe('answered');
  answer(held[0]!);
  expect(await slow).toBe('answered');
});

it('learns from a late answer that a service is slow and not dead, and then waits for it', async () => {
  server.removeAllListeners('request');
  server.on('request', (_request, response) => setTimeout(() => answer(response), 900).unref());
  const outcomes: unknown[] = [];
  const startedAt = performance.now();
  while (outcomes.at(-1) !== 'answered' && performance.now() - startedAt < 8000) {
    outcomes.push(await outcome(ask()));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(outcomes.at(-1)).toBe('answered');
  expect(await Promise.all([ask(), ask(), ask()].map(outcome))).toEqual(['answered', 'answered', 'answered']);
}, 15_000);

it('takes an error that the service told for an answer', async () => {
  server.removeAllListeners('request');
  server.on(
    'request',
    (_request, response) =>
      void response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end('{"__type":"InvalidAddress"}'),
  );
  expect(await outcome(ask())).toMatchObject({ name: 'InvalidAddress' });
  expect(await outcome(ask())).toMatchObject({ name: 'InvalidAddress' });
});
