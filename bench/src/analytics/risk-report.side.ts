import { readFileSync } from 'node:fs';
import { analyse, RunningReport, type AssetPrices } from '@stocktool/analytics';
import { AnalysisRequest } from '@stocktool/contracts';
import { serve } from './node-side';
import { ReportFacts } from './report-facts';

/** Our side of the risk report: the whole `analyse`, with its join by date, definitions and warnings, as the worker calls it. */
const [pricesFile, factsFile] = process.argv.slice(2);
const { symbols, benchmark, dates, weights, riskFreeRate } = ReportFacts.parse(
  JSON.parse(readFileSync(factsFile!, 'utf8')),
);
const bytes = readFileSync(pricesFile!);
const raw = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
const series = [...symbols, benchmark].map((symbol, i): AssetPrices => {
  const adjClose = raw.slice(i * dates.length, (i + 1) * dates.length);
  return { symbol, currency: 'USD', source: 'bench', dates: [...dates], adjClose, close: adjClose };
});
const holdings = symbols.map((symbol, i) => ({ symbol, weight: weights[i]! }));
const request = { ...AnalysisRequest.parse({ holdings, benchmark, riskFreeRate }), holdings };

const columns = series.map(({ adjClose }) => adjClose as Float64Array);
const rows = dates.length;
const begun = (days: number) =>
  new RunningReport(
    columns.map((each) => each.slice(0, rows - days)),
    weights,
    { periodsPerYear: 252, riskFreeRate },
  );

/** The last days again and again: after the whole history, the day before the last and the last in turn. */
const nextDays = [rows - 2, rows - 1].map((row) => Float64Array.from(columns, (each) => each[row]!));
let running = begun(0);
let appended = 0;

serve({
  report: () => void analyse({ request, series }),
  answers: () => analyse({ request, series }),
  begin: () => {
    running = begun(0);
  },
  append: () => {
    running.append(nextDays[appended++ % 2]!);
    running.report();
  },
  'appended answers': () => {
    const late = begun(500);
    for (let row = rows - 500; row < rows; row++) late.append(columns.map((each) => each[row]!));
    const { assets, portfolio } = late.report();
    return { ...Object.fromEntries(symbols.map((symbol, i) => [symbol, assets[i]])), portfolio };
  },
});
