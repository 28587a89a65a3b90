import { isAvailable, type Attribution } from '@stocktool/contracts';
import { bars } from '../../charts/bars';
import { percent, ratio, table } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Block, Section } from '../../document/report-document';
import { day, percentText } from '../../format';

type Part<Name extends keyof Attribution> = Exclude<NonNullable<Attribution[Name]>, { unavailable: unknown }>;

const mostInChart = 25;

/** Where the return came from: holdings, factors, sectors, and one day taken apart. */
export function attribution(facts: Facts): Section | undefined {
  const part = facts.result.attribution;
  if (!isAvailable<Attribution>(part)) return undefined;
  const blocks = [
    ...contributions(facts, part),
    ...factorBlocks(facts, part.factors),
    ...brinsonBlocks(facts, part.brinson),
    ...moveBlocks(facts, part.explainedMove),
  ];
  return { id: 'attribution', title: 'Where the return came from', blocks };
}

function contributions({ define }: Facts, { contribution }: Attribution): Block[] {
  const sorted = Object.entries(contribution).sort(([, a], [, b]) => Math.abs(b ?? 0) - Math.abs(a ?? 0));
  if (sorted.length === 0) return [];
  const name =
    sorted.length > mostInChart ? `The ${mostInChart} largest contributions` : 'Contribution to the total return';
  const chart = bars({
    id: 'contribution',
    title: name,
    legend: [{ tone: 'gain', text: name }],
    tones: [{ above: 'gain', below: 'loss' }],
    names: ['contribution'],
    rows: sorted
      .slice(0, mostInChart)
      .sort(([, a], [, b]) => (b ?? 0) - (a ?? 0))
      .map(([symbol, value]) => ({ name: symbol, values: [value] })),
  });
  const term = define.of('contribution', 'attribution');
  const picture: Block = { kind: 'chart', chart, terms: [term] };
  if (sorted.length <= mostInChart) return [picture];
  const columns = [{ name: 'Symbol' }, { name: 'Contribution', term }];
  const rows = sorted.map(([symbol, value]) => ({ name: symbol, cells: [percent(value)] }));
  return [
    picture,
    { kind: 'table', table: table({ name: 'Contribution of each holding', ofSymbols: true }, columns, rows) },
  ];
}

const spanOf = ({ window }: { window: { from: string; to: string } }): string =>
  `${day(window.from)} to ${day(window.to)}`;

function factorBlocks({ define, why }: Facts, factors: Attribution['factors']): Block[] {
  if (!isAvailable<Part<'factors'>>(factors)) return [];
  const { alpha, betas, tStats, rSquared } = factors;
  const term = define.of('factors', 'attribution');
  const reason = why('attribution.factors');
  const statistic = (key: string) => ratio(tStats[key], reason);
  const rows = [
    { name: 'Alpha per year', term, cells: [percent(alpha, reason), statistic('alpha')] },
    ...Object.entries(betas).map(([name, beta]) => ({ name, term, cells: [ratio(beta, reason), statistic(name)] })),
  ];
  const fit = ratio(rSquared).text;
  const note = `${spanOf(factors)}. The factors explain a share of ${fit} of the variance (R squared). A t-statistic beyond \u00b12 is unlikely to be chance.`;
  const columns = [{ name: 'Factor' }, { name: 'Exposure', term }, { name: 't-statistic', term }];
  return [{ kind: 'table', table: table({ name: 'Exposure to factors', captioned: true, note }, columns, rows) }];
}

function brinsonBlocks({ define }: Facts, brinson: Attribution['brinson']): Block[] {
  if (!isAvailable<Part<'brinson'>>(brinson)) return [];
  const { portfolioReturn, benchmarkReturn, activeReturn } = brinson;
  const term = define.of('brinson', 'attribution');
  const rows = brinson.sectors.map(({ sector, allocation, selection, interaction }) => ({
    name: sector,
    term,
    cells: [allocation, selection, interaction, allocation + selection + interaction].map((value) => percent(value)),
  }));
  const columns = [
    { name: 'Sector' },
    ...['Allocation', 'Selection', 'Interaction', 'Together'].map((name) => ({ name, term })),
  ];
  const note = `${spanOf(brinson)}: the portfolio returned ${percentText(portfolioReturn)}, the benchmark portfolio ${percentText(benchmarkReturn)}; the effects sum to the difference of ${percentText(activeReturn)}.`;
  return [
    { kind: 'table', table: table({ name: 'By sector (Brinson-Fachler)', captioned: true, note }, columns, rows) },
  ];
}

/** A day has few holdings that matter; the CSV has all. */
const mostMovers = 12;

function moveBlocks({ define }: Facts, move: Attribution['explainedMove']): Block[] {
  if (!isAvailable<Part<'explainedMove'>>(move)) return [];
  const term = define.of('explainedMove', 'attribution');
  const line = (name: string, value: number | null) => ({ name, term, cells: [percent(value)] });
  const byFactor = [
    ...Object.entries(move.byFactor).map(([name, value]) => line(name, value)),
    line('Not explained', move.residual),
    line('The day', move.return),
  ];
  const movers = Object.entries(move.byHolding).sort(([, a], [, b]) => Math.abs(b ?? 0) - Math.abs(a ?? 0));
  const rest = movers.slice(mostMovers).reduce((sum, [, value]) => sum + (value ?? 0), 0);
  const byHolding = [
    ...movers.slice(0, mostMovers).map(([name, value]) => line(name, value)),
    ...(movers.length > mostMovers ? [line(`${movers.length - mostMovers} others`, rest)] : []),
    line('The day', move.return),
  ];
  const date = day(move.date);
  const part = (by: string) => [{ name: by }, { name: 'Part of the return' }];
  const tables = [
    table({ name: `${date} by factor`, captioned: true }, part('Factor'), byFactor),
    table({ name: `${date} by holding`, captioned: true }, part('Holding'), byHolding),
  ];
  return [{ kind: 'tables beside each other', tables }];
}
