import { topology } from '@stocktool/topology';
import { api, eventually, portfolio } from './client';
import { EventReader } from './event-reader';
import { RollingSystem } from './rolling-system';

const rolling = new RollingSystem('cut');
const instancesOf = (service: string) => rolling.instances.filter(({ name }) => name.startsWith(service));
const workers = instancesOf(topology.services.analysisWorker.name);
const chats = instancesOf(topology.services.chat.name);
const gateways = instancesOf(topology.services.apiGateway.name);
const [one, other] = gateways.map(({ port }) => `http://127.0.0.1:${port}`) as [string, string];

beforeAll(() => rolling.start());
afterAll(() => rolling.stop());
beforeEach(() => rolling.signal(workers, 'SIGSTOP'));
afterEach(() => rolling.signal(workers, 'SIGCONT'));

/** The tool of this question waits for a worker: while none works, the reply is in its middle. */
const question = { message: 'Analyse a portfolio of 60% AAPL and 40% MSFT' };

async function midway(gateway: string): Promise<{ reader: EventReader; messageId: string }> {
  const { apiKey } = rolling.system;
  const reader = await EventReader.open(`${gateway}/v1/chat/stream`, { apiKey, body: question });
  await reader.until('tool_call');
  const { messageId } = JSON.parse(reader.seen[0]?.data ?? '{}') as { messageId: string };
  return { reader, messageId };
}

const consecutive = (count: number) => Array.from({ length: count }, (_, index) => 1 + index);

describe('a stream that is cut', () => {
  it('with its gateway, in the middle of a reply, goes on at another after the last event', async () => {
    const before = rolling.system.processes;
    const { reader, messageId } = await midway(one);
    rolling.signal(gateways.slice(0, 1), 'SIGKILL');
    expect(await reader.over()).toBe('cut');
    const resumed = await EventReader.open(`${other}/v1/chat/stream/${messageId}`, {
      apiKey: rolling.system.apiKey,
      lastEventId: reader.last?.id,
    });
    rolling.signal(workers, 'SIGCONT');
    await resumed.until('done');
    expect(await resumed.over()).toBe('ended');
    const all = [...reader.sequences, ...resumed.sequences];
    expect(all).toEqual(consecutive(all.length));
    expect(resumed.seen.map(({ event }) => event)).toEqual(expect.arrayContaining(['tool_result', 'delta', 'usage']));
    await rolling.replaced(gateways.slice(0, 1), before);
  });

  it('with its gateway, of an analysis that waits, goes on at another after the last event', async () => {
    const { apiKey, processes: before } = rolling.system;
    const { body } = await api('POST', `${rolling.baseUrl}/v1/analyses`, { apiKey, body: portfolio });
    const path = `/v1/analyses/${body.id}/events`;
    const reader = await EventReader.open(`${one}${path}`, { apiKey });
    await reader.until('status');
    rolling.signal(gateways.slice(0, 1), 'SIGKILL');
    expect(await reader.over()).toBe('cut');
    const resumed = await EventReader.open(`${other}${path}`, { apiKey, lastEventId: reader.last?.id });
    rolling.signal(workers, 'SIGCONT');
    await resumed.until('done');
    const all = [...reader.sequences, ...resumed.sequences];
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
    const statuses = [...reader.seen, ...resumed.seen].flatMap(({ event, data }) =>
      event === 'status' ? [(JSON.parse(data) as { status: string }).status] : [],
    );
    expect(statuses[0]).toBe('queued');
    expect(statuses.at(-1)).toBe('succeeded');
    expect(new Set(statuses).size).toBe(statuses.length);
    await rolling.replaced(gateways.slice(0, 1), before);
  });

  it('with the chat process that made the reply, ends with reply-interrupted, and the question can be asked again', async () => {
    const { apiKey, processes: before } = rolling.system;
    const { reader, messageId } = await midway(one);
    rolling.signal(chats, 'SIGKILL');
    const { id, data } = await reader.until('problem');
    expect(JSON.parse(data)).toMatchObject({ type: '/problems/reply-interrupted' });
    expect(await reader.over()).toBe('ended');
    expect(reader.sequences).toEqual(consecutive(reader.seen.length));
    const resumed = await EventReader.open(`${other}/v1/chat/stream/${messageId}`, { apiKey, lastEventId: id });
    expect(await resumed.over()).toBe('ended');
    expect(resumed.seen.map(({ event }) => event)).toEqual(['problem']); // the end, told again
    rolling.signal(workers, 'SIGCONT');
    await rolling.replaced(chats, before);
    const again = await EventReader.open(`${rolling.baseUrl}/v1/chat/stream`, { apiKey, body: question });
    await again.until('done');
  });

  it('by nobody: a reply that outlasts the default drain is finished by the process that was told to end', async () => {
    const { processes: before } = rolling.system;
    const from = rolling.system.output.length;
    const { reader } = await midway(one);
    rolling.signal(chats, 'SIGTERM');
    const toldAt = performance.now();
    await eventually('more than the 4 s of the default', () => Promise.resolve(performance.now() - toldAt > 4500));
    expect(reader.last?.event).toBe('tool_call');
    rolling.signal(workers, 'SIGCONT');
    await reader.until('done');
    expect(reader.sequences).toEqual(consecutive(reader.seen.length));
    await rolling.replaced(chats, before);
    expect(rolling.endsSince(from)).toEqual(chats.map(({ name }) => `${name} ended with code 0`).sort());
  });
});
