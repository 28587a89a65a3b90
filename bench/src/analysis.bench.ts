import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AnalysisPart } from '@stocktool/contracts';
import { z } from 'zod';
import { keepResult } from './results';
import { median } from './statistics';
import { startBenchSystem } from './system/bench-system';
import { decadeOf } from './system/requests';

/**
 * What the largest usual analysis costs its worker: 20 symbols over ten years, every part, 100 000 Monte Carlo paths. Processor time of the
 * whole process, all threads, from when it takes the job to when the result is stored, beside the same analysis without the simulation;
 * and its highest resident memory. `npm run bench -- analysis [jobs]`.
 */
const jobs = Number(process.argv[2] ?? 7);
const jobTimeoutMs = 120_000;
const [promisedSeconds, promisedMegabytes] = [1.5, 300];
const millisecondsPerTick = 10; // USER_HZ, the unit of /proc/PID/stat
const state = path.resolve(import.meta.dirname, '../../.local/bench/processes.json');

const { client, stop } = await startBenchSystem();
try {
  const pid = z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(state, 'utf8')))['analysis-worker'];
  if (pid === undefined) throw new Error('no analysis-worker among the processes');
  const all = AnalysisPart.options;
  const whole = { ...decadeOf(20), include: all, monteCarlo: { paths: 100_000, target: 1.2 } };
  const without = { ...decadeOf(20), include: all.filter((part) => part !== 'monteCarlo') };
  const measured = { whole: await measure(pid, whole), without: await measure(pid, without) };
  const cpu = { whole: median(measured.whole.cpuMs), without: median(measured.without.cpuMs) };
  const wallMs = median(measured.whole.wallMs);
  const peakMegabytes = megabytesOf(pid, 'VmHWM');
  const held = (fact: boolean) => (fact ? 'held' : 'MISSED');
  console.log(`\n20 symbols, ten years, every part, 100 000 paths: ${jobs} jobs, medians`);
  console.log(
    `worker processor time ${cpu.whole} ms, promised ${promisedSeconds} s: ${held(cpu.whole < promisedSeconds * 1000)}`,
  );
  console.log(`of these without the simulation ${cpu.without} ms; from taken to stored ${wallMs} ms by the clock`);
  console.log(
    `highest resident memory ${peakMegabytes.toFixed(0)} MB, promised ${promisedMegabytes}: ${held(peakMegabytes < promisedMegabytes)}`,
  );
  keepResult('analysis', { measured, cpu, wallMs, peakMegabytes });
} finally {
  await stop();
}
process.exit(0);

/** One job after the other; the first two pay for what is loaded and compiled once. */
async function measure(pid: number, request: object) {
  const cpuMs: number[] = [];
  const wallMs: number[] = [];
  for (let job = -2; job < jobs; job++) {
    const before = cpuMsOf(pid);
    const { id } = await client.job(request);
    const { startedAtMs, finishedAtMs } = await client.succeeded(id, jobTimeoutMs);
    if (job < 0) continue;
    cpuMs.push(cpuMsOf(pid) - before);
    wallMs.push(finishedAtMs - startedAtMs);
  }
  return { cpuMs, wallMs };
}

function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * millisecondsPerTick; // utime and stime
}

function megabytesOf(pid: number, label: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${label}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
}
