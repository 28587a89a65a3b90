import { median } from './statistics';
import { firstToken } from './chat/first-token';
import { heapAfterCollection } from './chat/heap';
import { pacedStreams } from './chat/paced-streams';
import { readStream, type TokenSource } from './chat/read-stream';
import { startTargets } from './chat/targets';
import { keepResult } from './results';
import { startBenchSystem } from './system/bench-system';
import { cpuMicroseconds } from './system/target-processes';

/**
 * An answer on its way from a provider to its reader: time to the first token, processor time for each token, many streams at once.
 * Beside the provider asked directly and a bare relay of one hop, in turns; ours has two hops, gateway and chat service.
 */
const promised = { firstToken: 4, cpuPerTokenAndHop: 1.5, rate: 0.98, gap: 10, heap: 1.2 };
const cpuRounds = 9;

const { awsEndpoint, stateDirectory, freePort, stop } = await startBenchSystem();
const targets = await startTargets({ awsEndpoint, stateDirectory, firstPort: freePort });
const { direct, relay, ours, users, inspectorPorts } = targets;
const verdict = (held: boolean) => (held ? 'held' : 'MISSED');
try {
  const first = await firstToken(targets);
  console.log('First token', first);
  console.log(
    `added, p50, ours without the stores ${first.addedMs.ours.toFixed(2)} ms, bare relay ${first.addedMs.relay.toFixed(2)} ms: ` +
      `${first.ratio.toFixed(1)}x, promised at most ${promised.firstToken}x: ${verdict(first.ratio <= promised.firstToken)}; ` +
      `store round trips in a row ${first.storeRoundTripsInARow.median}: ${verdict(first.storeRoundTripsInARow.median <= 1)}`,
  );

  const cpu = await cpuPerToken();
  console.log('Processor time of a token', cpu);
  console.log(
    `ours for a hop ${cpu.perHop.toFixed(1)} us, bare relay ${cpu.relay.toFixed(1)} us: ${cpu.ratio.toFixed(2)}x, ` +
      `promised at most ${promised.cpuPerTokenAndHop}x: ${verdict(cpu.ratio <= promised.cpuPerTokenAndHop)}`,
  );

  const idle = await heaps();
  const streams = [];
  for (const [count, paceMs] of [
    [100, 60],
    [500, 150],
  ] as const) {
    const plan = { streams: count, paceMs, users };
    const alone = await pacedStreams(direct, plan);
    const withUs = await pacedStreams(ours, { ...plan, users, withSlowReader: true });
    const rate = withUs.tokensPerSecond / alone.tokensPerSecond;
    const heap = Math.max(...(await heaps()).map((bytes, i) => bytes / idle[i]!));
    console.log(`${count} streams, a token each ${paceMs} ms`, { direct: alone, ours: withUs, rate, heap });
    console.log(
      `${withUs.failed} of ${count + 1} failed: ${verdict(withUs.failed === 0)}; rate ${rate.toFixed(3)} of direct: ${verdict(rate >= promised.rate)}; longest gap ` +
        `${withUs.gapMs.most.toFixed(0)} ms (direct ${alone.gapMs.most.toFixed(0)}): ${verdict(withUs.gapMs.most <= promised.gap * paceMs)}; ` +
        `heap after a collection ${heap.toFixed(2)}x idle: ${verdict(heap <= promised.heap)}`,
    );
    streams.push({ count, paceMs, direct: alone, ours: withUs, rate, heap });
  }
  keepResult('chat', { first, cpu, idleHeapBytes: idle, streams });
} finally {
  targets.stop();
  await stop();
}
process.exit(0);

function heaps(): Promise<number[]> {
  return Promise.all(inspectorPorts.map((port) => heapAfterCollection(port)));
}

/** From answers of 2000 and of 200 tokens, so that what a whole question costs is in neither. */
async function cpuPerToken() {
  const { relayProcess, ourProcesses } = targets;
  const cost = async (source: TokenSource, processIds: readonly number[], tokens: number) => {
    const now = () => processIds.reduce((sum, id) => sum + cpuMicroseconds(id), 0);
    const before = now();
    await readStream(source, { question: 'tokens', model: `tokens-${tokens}-pace-0`, tokens });
    return now() - before;
  };
  const found = { relay: [] as number[], ours: [] as number[], question: [] as number[] };
  for (let round = -2; round < cpuRounds; round++) {
    const long = { relay: await cost(relay, [relayProcess], 2000), ours: await cost(ours, ourProcesses, 2000) };
    const short = { relay: await cost(relay, [relayProcess], 200), ours: await cost(ours, ourProcesses, 200) };
    if (round < 0) continue;
    found.relay.push((long.relay - short.relay) / 1800);
    found.ours.push((long.ours - short.ours) / 1800);
    found.question.push(short.ours);
  }
  const [ofRelay, ofOurs] = [median(found.relay), median(found.ours)];
  return {
    relay: ofRelay,
    ours: ofOurs,
    perHop: ofOurs / 2,
    ratio: ofOurs / 2 / ofRelay,
    questionOf200Ms: median(found.question) / 1000,
  };
}
