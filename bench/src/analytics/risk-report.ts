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
});

/** Of a figure: pandas' moments are computed another way, so the last digits differ. */
const tolerated = 1e-9;

/** Ten years of 30 assets: every figure of each asset and of the portfolio. */
export const riskReport: Section = {
  name: 'risk-report',
  title: 'Risk report, 10 years x 30 assets (pandas from the joined frame; ours is the whole `analyse`)',
  needs: ['numpy', 'pandas'],
  async run({ interpreter }) {
    const files = writeReportData({ assets: 30, days: 2520, seed: 20 });
    const pandas = Side.python('pandas', interpreter, 'risk_report.py', files.prices, files.facts);
    const ours = Side.node('StockTool', 'risk-report.side.ts', files.prices, files.facts);
    try {
      const [theirs, own] = [await pandas.run('answers'), await ours.run('answers')];
      const compared = refuseDifferences(Answers.parse(theirs.result), AnalysisResult.parse(own.result));
      console.log(`${compared} figures agree to ${tolerated}`);
      const comparison = await interleaved([
        { name: 'pandas', side: pandas, task: 'report', repeat: 10 },
        { name: 'StockTool', side: ours, task: 'report', repeat: 30 },
      ]);
      const { line, ...whole } = verdict(comparison, 'pandas', 'StockTool', { atLeast: 10 });
      console.log(line);
      return { comparison, whole, compared };
    } finally {
      pandas.stop();
      ours.stop();
    }
  },
};

/** How many figures are in both; throws at the first that differs. */
function refuseDifferences(theirs: z.infer<typeof Answers>, own: AnalysisResult): number {
  let compared = 0;
  const same = (name: string, actual: unknown, expected: unknown) => {
    compared++;
    const close =
      typeof actual === 'number' && typeof expected === 'number'
        ? Math.abs(actual - expected) <= tolerated * Math.max(1, Math.abs(expected))
        : actual === expected;
    if (!close) throw new Error(`${name}: ${String(actual)}, pandas has ${String(expected)}`);
  };
  for (const [i, part] of [...own.assets, { symbol: 'portfolio', ...own.portfolio }].entries()) {
    const flat = { ...flattened(part.performance), ...flattened(part.risk) };
    for (const [name, value] of Object.entries(theirs.figures[part.symbol]!))
      same(`${part.symbol} ${name}`, flat[name], value);
    same(`${part.symbol} trough`, flat['maxDrawdown.trough'], theirs.troughs[part.symbol]);
    if (i < own.assets.length) same(`${part.symbol} share`, own.assets[i]!.riskContribution, theirs.share[i]);
  }
  const matrix = z.object({ matrix: z.array(z.array(z.number())) }).parse(own.correlation).matrix;
  theirs.correlation.forEach((row, i) =>
    row.forEach((value, j) => same(`correlation ${i} ${j}`, matrix[i]![j], value)),
  );
  return compared;
}

function flattened(value: unknown, prefix = ''): Record<string, unknown> {
  if (value === null || typeof value !== 'object') return { [prefix]: value };
  const entries = Object.entries(value).map(([key, child]) =>
    flattened(child, prefix === '' ? key : `${prefix}.${key}`),
  );
  return Object.assign({}, ...entries) as Record<string, unknown>;
}
