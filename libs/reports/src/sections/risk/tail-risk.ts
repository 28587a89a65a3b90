import { isAvailable, type Risk } from '@stocktool/contracts';
import { empty, figureBy, percent, table } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Block, Cell, Section, Table } from '../../document/report-document';
import { pValueText, ratioText } from '../../format';

type ByConfidence = Risk['var']['historical'];

/** What is lost on bad days, how well the estimate did, and which holding brings it. */
export function tailRisk(facts: Facts): Section | undefined {
  const { risk, period } = facts;
  if (!risk) return undefined;
  const tests = testTable(facts, risk);
  return {
    id: 'tail',
    title: 'Losses in the tail',
    note: `The loss of one ${period} that is exceeded in 5% or 1% of cases (value at risk), and the mean loss beyond it (CVaR).`,
    blocks: [
      { kind: 'table', table: methodTable(facts, risk) },
      ...(tests ? [{ kind: 'table' as const, table: tests }] : []),
      ...contributionBlocks(facts, risk),
    ],
  };
}

function methodTable({ define, why }: Facts, { var: valueAtRisk, cvar }: Risk): Table {
  const methods = [
    ['historical', 'Historical'],
    ['parametric', 'Normal distribution'],
    ['cornishFisher', 'Cornish-Fisher'],
    ['monteCarlo', 'Monte Carlo'],
  ] as const;
  const [ofVar, ofCvar] = [define.of('var'), define.of('cvar')];
  const rows = methods.map(([key, name]) => {
    const cells = (measure: 'var' | 'cvar', part: Risk['var']['monteCarlo'] | undefined): Cell[] => {
      if (part === undefined) return [empty, empty];
      const reason = 'unavailable' in part ? part.unavailable.reason : why(`portfolio.risk.${measure}.${key}`);
      const figures: ByConfidence = isAvailable<ByConfidence>(part) ? part : { '0.95': null, '0.99': null };
      return [percent(figures['0.95'], reason), percent(figures['0.99'], reason)];
    };
    return {
      name,
      term: ofVar,
      cells: [...cells('var', valueAtRisk[key]), ...cells('cvar', key === 'cornishFisher' ? undefined : cvar[key])],
    };
  });
  const columns = [
    { name: 'Method' },
    { name: 'VaR 95%', term: ofVar },
    { name: 'VaR 99%', term: ofVar },
    { name: 'CVaR 95%', term: ofCvar },
    { name: 'CVaR 99%', term: ofCvar },
  ];
  return table({ name: 'Value at risk and expected loss beyond, by method' }, columns, rows);
}

type Tests = Extract<NonNullable<Risk['varTests']>, { kupiec: unknown }>;

function testTable({ define, why }: Facts, { varTests }: Risk): Table | undefined {
  if (!isAvailable<Tests>(varTests)) return undefined;
  const rows = [
    ['kupiec', 'Kupiec: as many exceedances as promised'],
    ['christoffersen', 'Christoffersen: exceedances come one by one'],
  ] as const;
  const fine = figureBy(pValueText);
  return table(
    {
      name: 'Tests of the historical VaR at 95%',
      captioned: true,
      note: 'A p-value below 0.05 speaks against the estimate.',
    },
    [{ name: 'Test' }, { name: 'Statistic' }, { name: 'p-value' }],
    rows.map(([key, name]) => {
      const reason = why(`portfolio.risk.varTests.${key}`);
      const { statistic, pValue } = varTests[key];
      return {
        name,
        term: define.of(key, 'varTests'),
        cells: [figureBy(ratioText)(statistic, reason), fine(pValue, reason)],
      };
    }),
  );
}

type BySymbol = Record<string, number | null>;

function contributionBlocks({ define, result, why }: Facts, risk: Risk): Block[] {
  const kinds = [
    ['componentVar', 'Component'],
    ['marginalVar', 'Marginal'],
    ['incrementalVar', 'Incremental'],
  ] as const;
  const known = kinds.filter(([key]) => isAvailable<BySymbol>(risk[key]));
  if (known.length === 0) return [];
  const figures = (key: (typeof kinds)[number][0]) => risk[key] as BySymbol;
  const [first] = known[0]!;
  const symbols = result.assets
    .map(({ symbol }) => symbol)
    .sort((a, b) => (figures(first)[b] ?? 0) - (figures(first)[a] ?? 0));
  const columns = [{ name: 'Symbol' }, ...known.map(([key, name]) => ({ name, term: define.of(key, 'componentVar') }))];
  const rows = symbols.map((name) => ({
    name,
    cells: known.map(([key]) => percent(figures(key)[name], why(`portfolio.risk.${key}`))),
  }));
  const name = 'Parametric VaR at 95% by holding';
  const note =
    'Component: its part of the total, they sum to it. Marginal: change of the total per unit of weight. Incremental: what turning the holding into cash would take off.';
  return [{ kind: 'table', table: table({ name, captioned: true, ofSymbols: true, note }, columns, rows) }];
}
