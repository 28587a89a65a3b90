import { timeChart } from '../../charts/time-chart';
import { percent, table, words } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Section, Table } from '../../document/report-document';
import { countText, day, percentText, ratioText, shareText } from '../../format';

/** Growth of 1 beside the benchmark. */
export function growth({ result, benchmark, define }: Facts): Section | undefined {
  const wealth = result.portfolio.wealth;
  if (!wealth || wealth.dates.length < 2) return undefined;
  const gained = (values: readonly number[]) => percentText(values.at(-1)! - 1);
  const [from, to] = [day(wealth.dates[0]!), day(wealth.dates.at(-1)!)];
  const chart = timeChart({
    id: 'growth',
    title: `Growth of 1 in the portfolio and in ${benchmark}`,
    description: `From ${from} to ${to} the portfolio returned ${gained(wealth.portfolio)}, ${benchmark} ${gained(wealth.benchmark)}.`,
    legend: [
      { tone: 'own', text: `Portfolio ${gained(wealth.portfolio)}` },
      { tone: 'market', text: `${benchmark} ${gained(wealth.benchmark)}` },
    ],
    dates: wealth.dates,
    lines: [
      { tone: 'market', values: wealth.benchmark },
      { tone: 'own', values: wealth.portfolio },
    ],
    label: ratioText,
    level: 1,
  });
  return {
    id: 'growth',
    title: 'Growth of 1',
    note: `What 1 put in on ${from} became, dividends included where the source has them.`,
    blocks: [{ kind: 'chart', chart, terms: [define.of('wealth', 'growth')] }],
  };
}

/** The fall from the peak, and the worst of them one by one. */
export function drawdowns(facts: Facts): Section | undefined {
  const { wealth, drawdowns: list } = facts.result.portfolio;
  const falls = list && list.length > 0 ? [{ kind: 'table' as const, table: drawdownTable(facts, list) }] : [];
  if (!wealth || wealth.dates.length < 2)
    return falls.length > 0 ? { id: 'drawdowns', title: 'Drawdowns', blocks: falls } : undefined;
  let peak = 0;
  const below = wealth.portfolio.map((value) => value / (peak = Math.max(peak, value)) - 1);
  const thinned = wealth.dates.length < facts.result.window.observations + 1;
  const chart = timeChart({
    id: 'drawdown',
    title: 'Drawdown of the portfolio from its highest value so far',
    description: `The deepest of the points shown is ${percentText(Math.min(...below))}.`,
    legend: [],
    dates: wealth.dates,
    lines: [{ tone: 'loss', values: below, filled: true }],
    label: shareText,
    height: 220,
  });
  return {
    id: 'drawdowns',
    title: 'Drawdowns',
    note: `How far the portfolio stood below its highest value so far.${thinned ? ` The chart shows ${countText(wealth.dates.length)} dates, so the deepest day may lie between two of them.` : ''}`,
    blocks: [{ kind: 'chart', chart, terms: [facts.define.of('drawdown')] }, ...falls],
  };
}

type Drawdowns = NonNullable<Facts['result']['portfolio']['drawdowns']>;
const mostDrawdowns = 10;

function drawdownTable({ define }: Facts, list: Drawdowns): Table {
  const deepest = [...list].sort((a, b) => Math.abs(b.depth) - Math.abs(a.depth)).slice(0, mostDrawdowns);
  const term = define.of('drawdowns', 'maxDrawdown');
  return table(
    {
      name:
        list.length > mostDrawdowns
          ? `The ${mostDrawdowns} deepest of ${list.length} drawdowns`
          : 'The deepest drawdowns',
      captioned: true,
    },
    [
      { name: 'Peak' },
      { name: 'Lowest', words: true },
      { name: 'Made up', words: true },
      { name: 'Depth', term },
      { name: 'Calendar days', term },
    ],
    deepest.map(({ peak, trough, recovery, depth, days }) => ({
      name: day(peak),
      cells: [
        words(day(trough)),
        words(recovery ? day(recovery) : 'not yet'),
        percent(Math.abs(depth)),
        { text: countText(days) },
      ],
    })),
  );
}
