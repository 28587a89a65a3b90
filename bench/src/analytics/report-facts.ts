import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const directory = path.resolve(import.meta.dirname, '../../../.local/bench-data');
const millisecondsPerDay = 86_400_000;

export const ReportFacts = z.object({
  symbols: z.array(z.string()),
  benchmark: z.string(),
  dates: z.array(z.string()),
  weights: z.array(z.number()),
  riskFreeRate: z.number(),
});
export type ReportFacts = z.infer<typeof ReportFacts>;

/** Uniform in [0, 1), the same on every machine (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function weekdays(count: number): string[] {
  const dates: string[] = [];
  for (let day = Date.UTC(2013, 0, 2); dates.length < count; day += millisecondsPerDay) {
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6) dates.push(new Date(day).toISOString().slice(0, 10));
  }
  return dates;
}

/** Prices of correlated assets and of their market, made from a seed and written where both sides read them. */
export function writeReportData({ assets, days, seed }: { assets: number; days: number; seed: number }) {
  const uniform = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const symbols = Array.from({ length: assets }, (_, i) => `A${String(i + 1).padStart(2, '0')}`);
  const rows = days + 1;
  const prices = new Float64Array((assets + 1) * rows);
  for (let asset = 0; asset <= assets; asset++) prices[asset * rows] = 20 + 10 * asset;
  for (let day = 1; day < rows; day++) {
    // Calm and wild spells, so that drawdowns and tails look like those of a market.
    const market = normal() * (day % 500 < 60 ? 0.022 : 0.008) + 0.0003;
    for (let asset = 0; asset <= assets; asset++) {
      const own = asset === assets ? market : (0.6 + asset / 40) * market + 0.013 * normal();
      prices[asset * rows + day] = prices[asset * rows + day - 1]! * (1 + own);
    }
  }
  const facts: ReportFacts = {
    symbols,
    benchmark: 'MKT',
    dates: weekdays(rows),
    weights: symbols.map((_, i) => (2 * (i + 1)) / (assets * (assets + 1))),
    riskFreeRate: 0.02,
  };
  mkdirSync(directory, { recursive: true });
  const files = { prices: path.join(directory, 'report-prices.f64'), facts: path.join(directory, 'report-facts.json') };
  writeFileSync(files.prices, prices);
  writeFileSync(files.facts, JSON.stringify(facts));
  return files;
}
