import { readFileSync } from 'node:fs';
import { analyse, type AssetPrices } from '@stocktool/analytics';
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

serve({
  report: () => void analyse({ request, series }),
  answers: () => analyse({ request, series }),
});
