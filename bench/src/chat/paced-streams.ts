import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../statistics';
import { type Asked, type Reading, readStream, type TokenSource } from './read-stream';

const tokens = 200;
/** All are under way at once well before the first ends. */
const begunPerSecond = 20;

interface Plan {
  readonly streams: number;
  readonly paceMs: number;
  readonly users: number;
  /** One more, whose reader does nothing for the first half of the answer. */
  readonly withSlowReader?: boolean;
}

/** Many answers at once, each token at its time; begun one after the other, 20 a second. A stream that is refused, breaks off or loses a token is told as failed. */
export async function pacedStreams(source: TokenSource, { streams, paceMs, users, withSlowReader = false }: Plan) {
  const model = `tokens-${tokens}-pace-${paceMs}`;
  const asked = (i: number): Asked => ({ question: `stream ${i}`, model, tokens, user: i % users });
  const read = async (i: number) => {
    await delay((1000 * i) / begunPerSecond);
    return readStream(source, asked(i));
  };
  const slow = () => readStream(source, { ...asked(streams), pausedMs: (tokens * paceMs) / 2 });
  const all = Array.from({ length: streams }, (_, i) => read(i));
  const settled = await Promise.allSettled(withSlowReader ? [...all, slow()] : all);
  const readings = settled.slice(0, streams).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  return { failed: failures.length, firstFailure: failures[0]?.slice(0, 300), ...summary(readings) };
}

function summary(readings: readonly Reading[]) {
  const gaps = readings.flatMap(({ tokensAt }) => tokensAt.slice(1).map((at, i) => at - tokensAt[i]!));
  const firsts = readings.map(({ askedAt, tokensAt }) => tokensAt[0]! - askedAt);
  const lasts = readings.map(({ tokensAt }) => tokensAt.at(-1)! - tokensAt[0]!);
  const [p50, p99, most] = [percentile(gaps, 50), percentile(gaps, 99), gaps.reduce((a, b) => Math.max(a, b), 0)];
  return {
    tokensPerSecond:
      (readings.length * (tokens - 1)) / (lasts.reduce((sum, each) => sum + each, 0) / readings.length / 1000),
    firstTokenMs: { p50: percentile(firsts, 50), p99: percentile(firsts, 99) },
    gapMs: { p50, p99, most },
  };
}
