import { Pulse, type CallOptions } from '@stocktool/aws-client';
import { eventually } from '@stocktool/testing';
import { Heartbeat } from './heartbeat';

const unanswered = ({ abortSignal }: CallOptions) =>
  new Promise<void>((_, reject) => abortSignal?.addEventListener('abort', () => reject(new Error('cancelled'))));

it('gives up what waits when no ping is answered, refuses what comes, and believes the next answer', async () => {
  let hangs = true;
  const heartbeat = new Heartbeat(new Pulse('It'), (options) => (hangs ? unanswered(options) : Promise.resolve()));
  const told: unknown[] = [];
  await heartbeat.watch((problem) => told.push(problem));
  await eventually(() => told.length === 1);
  expect(told).toMatchObject([{ code: 'dependency-unavailable', retryAfterSeconds: 2 }]);
  await expect(heartbeat.watch(() => undefined)).rejects.toMatchObject({ code: 'dependency-unavailable' });
  hangs = false;
  const done = await eventually(() => heartbeat.watch(() => undefined).catch(() => undefined));
  done?.();
});

it('waits longer for what has patience, and lets it go on when an answer comes meanwhile', async () => {
  let hangs = true;
  const heartbeat = new Heartbeat(new Pulse('It'), (options) => (hangs ? unanswered(options) : Promise.resolve()));
  const told: string[] = [];
  await heartbeat.watch(() => told.push('prompt'));
  await heartbeat.watch(() => told.push('patient'), 400);
  const done = await heartbeat.watch(() => told.push('very patient'), 10_000);
  await eventually(() => told.length === 2);
  expect(told).toEqual(['prompt', 'patient']);
  hangs = false;
  await eventually(async () => (await heartbeat.watch(() => undefined).catch(() => undefined)) !== undefined);
  done();
  expect(told).toHaveLength(2);
});

it('takes one process of several that hangs, or a ping that fails by itself, for no silence of all', async () => {
  let pings = 0;
  const heartbeat = new Heartbeat(new Pulse('It'), (options) => {
    pings++;
    if (pings % 3 === 0) return Promise.reject(new Error('deadline exceeded'));
    return pings % 2 === 0 ? unanswered(options) : Promise.resolve();
  });
  const told: unknown[] = [];
  const done = await heartbeat.watch((problem) => told.push(problem));
  await eventually(() => pings > 15);
  done();
  expect(told).toEqual([]);
});

it('looks before a question: a ping that is not answered refuses it, one that fails by itself does not', async () => {
  const heartbeat = new Heartbeat(new Pulse('It'), () => Promise.reject(new Error('the connection is gone')));
  await expect(heartbeat.look()).resolves.toBeUndefined();
  const hanging = new Heartbeat(new Pulse('It'), unanswered);
  await expect(hanging.look()).rejects.toMatchObject({ code: 'dependency-unavailable' });
});

it('takes the end of a connection for no answer of a service that is silent', async () => {
  let ping: ConstructorParameters<typeof Heartbeat>[1] = unanswered;
  const pulse = new Pulse('It');
  const heartbeat = new Heartbeat(pulse, (options) => ping(options));
  await heartbeat.look().catch(() => undefined);
  ping = () => Promise.reject(new Error('the connection is gone'));
  await eventually(() =>
    heartbeat.look().then(
      () => true,
      () => false,
    ),
  );
  expect(pulse.isSilent).toBe(true);
});
