import { z } from 'zod';
import { interleaved, verdict, type Comparison, type Contender, type Measured } from './interleaved';
import { writeReportData } from './report-facts';
import type { Section } from './section';
import { Side } from './side';

const Summary = z.object({ mean: z.number(), cvar: z.number(), fall: z.number() });
/** Two threads over one, and what the machine must show that it has to give before a verdict. */
const [leastGain, leastOfMachine] = [1.8, 1.9];
/** Standard errors of 10 000 paths are 0.002, 0.003 and 0.0007; the two of a comparison are independent. */
const tolerated = { mean: 0.012, cvar: 0.02, fall: 0.005 };

/** Correlated log-normal assets, brought back to their weights every day: 10 000 full paths of 252 days, wealth and deepest fall of each. */
export const monteCarlo: Section = {
  name: 'monte-carlo',
  title: 'Monte Carlo, 30 assets x 252 days, 10 000 full paths, one thread; then two',
  needs: ['numpy'],
  async run({ interpreter, missing }) {
    const { prices, facts } = writeReportData({ assets: 30, days: 2520, seed: 20 });
    const numba = missing.includes('numba') ? [] : ['numba'];
    const python = Side.python('Python', interpreter, 'monte_carlo.py', prices, ...numba);
    const ours = Side.node('StockTool', 'monte-carlo.side.ts', prices, facts);
    try {
      const peers = ['float64', 'float32', ...numba.map((name) => `${name}32`)];
      const kernel: Contender = { name: 'kernel', side: ours, task: 'kernel', repeat: 3 };
      const field = peers.map((task): Contender => ({ name: task, side: python, task }));
      const comparison = await interleaved([kernel, ...field], { rounds: 5, warmUps: 1 });
      comparison.contenders.forEach((each) => refuseDifference(each, comparison.contenders[0]!));
      const promised: Record<string, number> = { float64: 4, float32: 3, numba32: 1 };
      const verdicts = peers.map((peer) => verdict(comparison, peer, 'kernel', { atLeast: promised[peer]! }));
      const threads = await interleaved(
        [
          { name: 'one thread', side: ours, task: 'oneThread' },
          { name: 'two threads', side: ours, task: 'twoThreads' },
          { name: 'two apart', side: ours, task: 'twoApart' },
        ],
        { rounds: 9, warmUps: 1 },
      );
      verdicts.push(judgedByCores(threads));
      for (const { line } of verdicts) console.log(line);
      return { comparison, threads, verdicts };
    } finally {
      python.stop();
      ours.stop();
    }
  },
};

/** Two threads beside one; no verdict when two that share nothing were not given two processors either. */
function judgedByCores(threads: Comparison) {
  const two = verdict(threads, 'one thread', 'two threads', { atLeast: leastGain, kind: 'wall' });
  const best = verdict(threads, 'one thread', 'two apart', { atLeast: leastGain, kind: 'wall' });
  if (two.held || best.ratio >= leastOfMachine) return two;
  const [times] = two.line.split(', promised');
  const line = `${times}, promised ${leastGain}×: not judged: two halves apart ran ${best.ratio.toFixed(1)}× as fast as one thread`;
  return { ...two, line, judged: false };
}

function refuseDifference({ name, result }: Measured, kernel: Measured): void {
  const [theirs, own] = [Summary.parse(result), Summary.parse(kernel.result)];
  for (const figure of ['mean', 'cvar', 'fall'] as const)
    if (!(Math.abs(theirs[figure] - own[figure]) < tolerated[figure]))
      throw new Error(`${figure}: ${name} has ${theirs[figure]}, the kernel ${own[figure]}`);
}
