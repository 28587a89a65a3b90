import { percentile } from '../statistics';
import { readStream } from './read-stream';
import type { ChatTargets } from './targets';

const rounds = 60;
const warmUps = 10;
const model = 'tokens-200-pace-0';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** How long at least one of them was under way. */
function covered(spans: readonly Span[]): number {
  let [sum, end] = [0, -Infinity];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

/** The most of them that followed one another, each begun after the one before it had ended. */
function inARow(spans: readonly Span[]): number {
  let [count, end] = [0, -Infinity];
  for (const { from, to } of [...spans].sort((a, b) => a.to - b.to))
    if (from >= end) {
      count += 1;
      end = to;
    }
  return count;
}

/**
 * One stream at a time: from the request to the first token, by the client's clock, in turns. Of ours the time in which the stores
 * were asked meanwhile is told apart: how fast a store answers is not ours.
 */
export async function firstToken({ direct, relay, ours, arrivals, storeCalls }: ChatTargets) {
  const waits = { direct: [] as number[], relay: [] as number[], ours: [] as number[] };
  const stores: number[] = [];
  const roundTrips: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    const wait = async (source: typeof ours) => {
      const { askedAt, tokensAt } = await readStream(source, { question: `question ${round}`, model, tokens: 200 });
      return { askedAt, firstAt: tokensAt[0]!, waited: tokensAt[0]! - askedAt };
    };
    const fromDirect = await wait(direct);
    const fromRelay = await wait(relay);
    await arrivals();
    await storeCalls();
    const fromUs = await wait(ours);
    const [[, arrivedAt]] = (await arrivals()) as [[string, number]];
    if (round < 0) continue;
    const calls = (await storeCalls()).filter(({ from }) => from >= fromUs.askedAt && from < fromUs.firstAt);
    waits.direct.push(fromDirect.waited);
    waits.relay.push(fromRelay.waited);
    waits.ours.push(fromUs.waited);
    stores.push(covered(calls.map(({ from, to }) => ({ from, to: Math.min(to, fromUs.firstAt) }))));
    roundTrips.push(inARow(calls.filter(({ to }) => to < arrivedAt)));
  }
  const p = (values: readonly number[], percent: number) => Number(percentile(values, percent).toFixed(3));
  const withoutStores = waits.ours.map((each, i) => each - stores[i]!);
  const addedByRelay = p(waits.relay, 50) - p(waits.direct, 50);
  const addedByUs = p(withoutStores, 50) - p(waits.direct, 50);
  return {
    p50Ms: { direct: p(waits.direct, 50), relay: p(waits.relay, 50), ours: p(waits.ours, 50), stores: p(stores, 50) },
    p99Ms: { direct: p(waits.direct, 99), relay: p(waits.relay, 99), ours: p(waits.ours, 99), stores: p(stores, 99) },
    /** Before the provider was asked; more than the median is work in the background that fell into the time of a question. */
    storeRoundTripsInARow: { median: percentile(roundTrips, 50), most: Math.max(...roundTrips) },
    addedMs: { relay: addedByRelay, ours: addedByUs },
    ratio: addedByUs / addedByRelay,
  };
}
