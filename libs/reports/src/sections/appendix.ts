import { table, words } from '../document/cells';
import type { Facts } from '../document/facts';
import type { Section } from '../document/report-document';
import { day } from '../format';

const partNames = {
  performance: 'Performance',
  risk: 'Risk',
  rolling: 'Figures through time',
  accounts: 'Returns of the account',
  correlation: 'Correlation',
  optimization: 'Optimal portfolios',
  monteCarlo: 'Monte Carlo simulation',
  stress: 'Stress tests',
  attribution: 'Attribution',
} as const;

/** Inside a part that is there: factors of the attribution, tests of the VaR. */
const innerNames = {
  varTests: 'Tests of the VaR',
  componentVar: 'Component VaR',
  marginalVar: 'Marginal VaR',
  incrementalVar: 'Incremental VaR',
  factors: 'Exposure to factors',
  brinson: 'Attribution by sector',
  explainedMove: 'Explained move of a day',
} as const;

/** Parts that were asked for and have no answer, each with its reason. */
export function missingParts({ result, risk }: Facts): Section | undefined {
  const { portfolio, attribution, ...rest } = result;
  const named = (names: Record<string, string>, parts: object) =>
    Object.entries(names).flatMap(([key, name]) => {
      const value = (parts as Record<string, unknown>)[key];
      return isUnavailable(value) ? [{ name, cells: [words(value.unavailable.reason)] }] : [];
    });
  const rows = [
    ...named(partNames, { ...rest, ...portfolio, attribution }),
    ...named(innerNames, { ...risk, ...attribution }),
  ];
  if (rows.length === 0) return undefined;
  const columns = [{ name: 'Part' }, { name: 'Reason', words: true as const }];
  return {
    id: 'missing',
    title: 'Not in this report',
    blocks: [{ kind: 'table', table: table({ name: 'Parts that are not available' }, columns, rows) }],
  };
}

const isUnavailable = (value: unknown): value is { unavailable: { reason: string } } =>
  typeof value === 'object' && value !== null && 'unavailable' in value;

/** 200 constant assets should not make 2000 lines. */
const mostWarnings = 60;

export function warnings({ result }: Facts): Section | undefined {
  if (result.warnings.length === 0) return undefined;
  const more = Math.max(0, result.warnings.length - mostWarnings);
  return {
    id: 'warnings',
    title: 'Warnings',
    blocks: [{ kind: 'warnings', warnings: result.warnings.slice(0, mostWarnings), more }],
  };
}

/** Symbols of one source and one date share a row. */
export function data({ result }: Facts): Section {
  const groups = new Map<string, { source: string; asOf: string; symbols: string[] }>();
  for (const { symbol, source, asOf } of result.sources) {
    const group = groups.get(`${asOf} ${source}`) ?? { source, asOf, symbols: [] };
    group.symbols.push(symbol);
    groups.set(`${asOf} ${source}`, group);
  }
  const columns = [
    { name: 'Source' },
    { name: 'Prices to', words: true as const },
    { name: 'Symbols', words: true as const },
  ];
  const rows = [...groups.values()].map(({ source, asOf, symbols }) => ({
    name: source,
    cells: [words(day(asOf)), words(symbols.join(', '))],
  }));
  return {
    id: 'data',
    title: 'Data',
    note: 'Where the prices are from and the last date they reach.',
    blocks: [{ kind: 'table', table: table({ name: 'Sources of the prices' }, columns, rows) }],
  };
}

export const definitions = ({ define }: Facts): Section => ({
  id: 'definitions',
  title: 'How the figures are computed',
  blocks: [{ kind: 'terms', terms: define.all() }],
});
