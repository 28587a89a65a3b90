import { z } from 'zod';
import { writeFrontierProblem } from './frontier-facts';
import { interleaved, verdict, type Comparison, type Contender } from './interleaved';
import type { Section } from './section';
import { Side } from './side';

const points = 50;
const Points = z.array(z.object({ return: z.number(), variance: z.number() })).length(points);
const Variances = z.array(z.number());

/** Relative, of a variance: against cvxpy with Clarabel at 1e-12, and against cvxcla, which is exact; the gaps of the others are told. */
const tolerated: Readonly<Record<string, number>> = { reference: 1e-8, cvxcla: 1e-9 };

interface Size {
  readonly assets: number;
  readonly most: number;
  /** Points of the 50 that the slow contenders compute; their times are scaled up to 50. */
  readonly sampled: number;
  readonly ours: number;
  readonly promised: Readonly<Record<string, number>>;
}

const sizes: readonly Size[] = [
  { assets: 30, most: 0.2, sampled: 50, ours: 2000, promised: { cvxpy: 1000, osqp: 100, pypfopt: 1, cvxcla: 1 } },
  { assets: 300, most: 0.05, sampled: 5, ours: 200, promised: { cvxpy: 1000, pypfopt: 1, cvxcla: 1 } },
];

const packageOf: Readonly<Record<string, string>> = {
  cvxpy: 'cvxpy',
  osqp: 'osqp',
  pypfopt: 'pyportfolioopt',
  cvxcla: 'cvxcla',
};

/** 50 points of the efficient frontier, long only with an upper bound. */
export const frontier: Section = {
  name: 'frontier',
  title: 'Efficient frontier, 50 points, long only with an upper bound (ours: start, all corners, 50 portfolios)',
  needs: ['numpy', 'scipy', 'cvxpy'],
  async run({ interpreter, missing }) {
    const found: Record<string, object> = {};
    for (const size of sizes) found[`assets${size.assets}`] = await compared(interpreter, missing, size);
    return found;
  },
};

async function compared(interpreter: string, missing: readonly string[], size: Size): Promise<object> {
  const { assets, most, sampled } = size;
  const file = writeFrontierProblem(assets, 20 + assets);
  const python = Side.python('python', interpreter, 'frontier.py', file, `${assets}`, `${most}`);
  const ours = Side.node('StockTool', 'frontier.side.ts', file, `${assets}`, `${most}`, `${points}`);
  try {
    const own = Points.parse((await ours.run('answers')).result);
    const names = Object.keys(size.promised).filter((name) => !missing.includes(packageOf[name]!));
    for (const name of Object.keys(size.promised))
      if (!names.includes(name)) console.log(`${assets} assets, ${name}: not run, it could not be installed`);
    const every = own.filter((_, i) => i % (points / sampled) === 0);
    const gaps = await equality(python, names, { own, every });
    const contenders = names.map((name): Contender => {
      const argument = (name === 'cvxpy' || name === 'osqp' ? every : own).map((point) => point.return);
      return { name, side: python, task: name, argument };
    });
    const contestants: [Contender, ...Contender[]] = [
      { name: 'StockTool', side: ours, task: 'frontier', repeat: size.ours },
      ...contenders,
    ];
    const comparison = scaled(await interleaved(contestants, { rounds: 5, warmUps: 1 }), points / sampled);
    const verdicts = names.map((name) => {
      const { line, ...whole } = verdict(comparison, name, 'StockTool', { atLeast: size.promised[name]! });
      console.log(`${assets} assets: ${line}`);
      return { name, ...whole };
    });
    return { comparison: withoutResults(comparison), verdicts, gaps };
  } finally {
    python.stop();
    ours.stop();
  }
}

/** Largest relative differences of variances at the same returns; throws where a method that is exact differs. */
async function equality(
  python: Side,
  names: readonly string[],
  { own, every }: Record<'own' | 'every', z.infer<typeof Points>[number][]>,
): Promise<Record<string, number>> {
  const gaps: Record<string, number> = {};
  for (const name of ['reference', ...names]) {
    const at = name === 'pypfopt' || name === 'cvxcla' ? own : every;
    const theirs = Variances.parse((await python.run(name, { argument: at.map((point) => point.return) })).result);
    gaps[name] = Math.max(...theirs.map((variance, i) => Math.abs(variance / at[i]!.variance - 1)));
    const limit = tolerated[name] ?? Infinity;
    if (gaps[name] > limit) throw new Error(`${name}: variances differ by ${gaps[name]}, tolerated ${limit}`);
  }
  const told = Object.entries(gaps).map(([name, gap]) => `${name} ${gap.toExponential(1)}`);
  console.log(`largest relative gap in variance: ${told.join(', ')}`);
  return gaps;
}

function scaled(comparison: Comparison, factor: number): Comparison {
  const slow = new Set(['cvxpy', 'osqp']);
  const times = <T extends { cpuMs: number; wallMs: number }>(measured: T): T => ({
    ...measured,
    cpuMs: factor * measured.cpuMs,
    wallMs: factor * measured.wallMs,
  });
  return {
    ...comparison,
    contenders: comparison.contenders.map((each) =>
      slow.has(each.name) ? { ...times(each), rounds: each.rounds.map(times) } : each,
    ),
  };
}

const withoutResults = (comparison: Comparison): Comparison => ({
  ...comparison,
  contenders: comparison.contenders.map((each) => ({ ...each, result: undefined })),
});
