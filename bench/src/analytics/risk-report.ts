import { AnalysisResult } from '@stocktool/contracts';
import { z } from 'zod';
import { interleaved, verdict } from './interleaved';
import { writeReportData } from './report-facts';
import type { Section } from './section';
import { Side } from './side';

const Answers = z.object({
  figures: z.record(z.string(), z.record(z.string(), z.number())),
  troughs: z.record(z.string(), z.string()),
  correlation: z.array(z.array(z.number())),
  share: z.array(z.number()),
  rolling: z.record(z.string(), z.array(z.number())),
  monthly: z.array(z.number()),
  drawdowns: z.array(z.number()),
  holding: z.array(z.record(z.string(), z.number())),
});
type Answers = z.infer<typeof Answers>;
const Appended = z.record(z.string(), z.record(z.string(), z.number().nullable()));

/** Of a figure: pandas' moments are computed another way, so the last digits differ. */
const tolerated = 1e-9;

/** Ten years of 30 assets: every figure of each asset and of the portfolio. */
export const riskReport: Section = {
  name: 'risk-report',
  title:
    'Risk report, 10 years x 30 assets (pandas from the joined frame; ours is the whole `analyse`, join and warnings included)',
  needs: ['numpy', 'pandas', 'scipy'],
  async run({ interpreter }) {
    const files = writeReportData({ assets: 30, days: 2520, seed: 20 });
    const pandas = Side.python('pandas', interpreter, 'risk_report.py', files.prices, files.facts);
    const ours = Side.node('StockTool', 'risk-report.side.ts', files.prices, files.facts);
    try {
      const theirs = Answers.parse((await pandas.run('answers')).result);
      const compared =
        refuseDifferences(theirs, AnalysisResult.parse((await ours.run('answers')).result)) +
        refuseAppended(theirs, Appended.parse((await ours.run('appended answers')).result));
      console.log(`${compared} figures agree to ${tolerated}`);
      return { compared, ...(await compare(pandas, ours)) };
    } finally {
      pandas.stop();
      ours.stop();
    }
  },
};

async function compare(pandas: Side, ours: Side) {
  const comparison = await interleaved([
    { name: 'pandas', side: pandas, task: 'report', repeat: 5 },
    { name: 'pandas without backtests', side: pandas, task: 'without backtests', repeat: 10 },
    { name: 'analyse', side: ours, task: 'report', repeat: 40 },
    { name: 'a day appended, all figures read', side: ours, task: 'append', repeat: 400, prepare: 'begin' },
  ]);
  const against = (baseline: string, own: string, atLeast: number) => verdict(comparison, baseline, own, { atLeast });
  const verdicts = {
    everyFigure: against('pandas', 'analyse', 10),
    withoutTheirBacktests: against('pandas without backtests', 'analyse', 1),
    appended: against('pandas', 'a day appended, all figures read', 100),
    appendedBesideOurs: against('analyse', 'a day appended, all figures read', 10),
  };
  for (const { line } of Object.values(verdicts)) console.log(line);
  return { comparison, verdicts };
}

function same(name: string, actual: unknown, expected: unknown): void {
  const close =
    typeof actual === 'number' && typeof expected === 'number'
      ? Math.abs(actual - expected) <= tolerated * Math.max(1, Math.abs(expected))
      : actual === expected;
  if (!close) throw new Error(`${name}: ${String(actual)}, pandas has ${String(expected)}`);
}

/** How many figures are in both; throws at the first that differs. */
function refuseDifferences(theirs: Answers, own: AnalysisResult): number {
  let compared = 0;
  const check = (name: string, actual: unknown, expected: unknown): void => {
    compared++;
    same(name, actual, expected);
  };
  for (const part of [...own.assets, { symbol: 'portfolio', ...own.portfolio }]) {
    const flat = { ...flattened(part.performance), ...flattened(part.risk) };
    for (const [name, value] of Object.entries(theirs.figures[part.symbol]!))
      check(`${part.symbol} ${name}`, flat[name], value);
    check(`${part.symbol} trough`, flat['maxDrawdown.trough'], theirs.troughs[part.symbol]);
  }
  own.assets.forEach(({ symbol, riskContribution }, i) => check(`${symbol} share`, riskContribution, theirs.share[i]));
  const { risk, monthly, drawdowns, rolling } = own.portfolio;
  const parts = flattened(risk);
  ['componentVar', 'marginalVar', 'incrementalVar'].forEach((name, i) => {
    for (const [symbol, value] of Object.entries(theirs.holding[i]!))
      check(`${name} ${symbol}`, parts[`${name}.${symbol}`], value);
  });
  theirs.monthly.forEach((value, i) => check(`month ${i}`, monthly?.[i]?.return, value));
  theirs.drawdowns.forEach((value, i) => check(`drawdown ${i}`, drawdowns?.[i]?.depth, value));
  const spans = flattened(rolling);
  for (const [name, values] of Object.entries(theirs.rolling)) {
    check(`first ${name}`, spans[`${name}.0`], values[0]);
    check(`last ${name}`, spans[`${name}.259`], values.at(-1));
  }
  const { matrix } = z.object({ matrix: z.array(z.array(z.number())) }).parse(own.correlation);
  theirs.correlation.forEach((row, i) =>
    row.forEach((value, j) => check(`correlation ${i} ${j}`, matrix[i]![j], value)),
  );
  return compared;
}

const appendedNames = {
  maxDrawdown: 'maxDrawdown.value',
  historicalVar95: 'var.historical.0.95',
  historicalVar99: 'var.historical.0.99',
  historicalCvar95: 'cvar.historical.0.95',
  historicalCvar99: 'cvar.historical.0.99',
} as Record<string, string>;

/** The same for the report that had its last 500 days appended. */
function refuseAppended(theirs: Answers, own: z.infer<typeof Appended>): number {
  let compared = 0;
  for (const [symbol, figures] of Object.entries(own))
    for (const [name, value] of Object.entries(figures)) {
      compared++;
      same(`${symbol} ${name}, appended`, value, theirs.figures[symbol]![appendedNames[name] ?? name]);
    }
  return compared;
}

function flattened(value: unknown, prefix = ''): Record<string, unknown> {
  if (value === null || typeof value !== 'object') return { [prefix]: value };
  const entries = Object.entries(value).map(([key, child]) =>
    flattened(child, prefix === '' ? key : `${prefix}.${key}`),
  );
  return Object.assign({}, ...entries) as Record<string, unknown>;
}
