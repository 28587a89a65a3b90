import { isAvailable, type Accounts } from '@stocktool/contracts';
import { percent, table, words } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Section } from '../../document/report-document';
import { day } from '../../format';

type AccountReturn = Extract<Accounts['timeWeighted'], { total: unknown }>;

const ways = [
  ['timeWeighted', 'Time-weighted', 'what the holdings did, whenever money came or went'],
  ['modifiedDietz', 'Modified Dietz', 'time-weighted, estimated from the flows alone'],
  ['moneyWeighted', 'Money-weighted (XIRR)', 'what the money in the account earned'],
] as const;

/** Returns of the real account, from its transactions. */
export function accounts({ result, define, why }: Facts): Section | undefined {
  const part = result.portfolio.accounts;
  if (!isAvailable<Accounts>(part)) return undefined;
  const rows = ways.map(([key, name, meaning]) => {
    const figures = part[key];
    const reason = (field: string) => why(`portfolio.accounts.${key}.${field}`);
    const cells = isAvailable<AccountReturn>(figures)
      ? [
          percent(figures.total, reason('total')),
          percent(figures.annualized, reason('annualized') ?? 'given per year only from 365 days on'),
          words(meaning),
        ]
      : [percent(null, unavailable(figures)), percent(null, unavailable(figures)), words(unavailable(figures))];
    return { name, term: define.of(key), cells };
  });
  const columns = [
    { name: 'Method' },
    { name: 'Whole span' },
    { name: 'Per year' },
    { name: 'Meaning', words: true as const },
  ];
  const about = {
    name: 'Returns of the account',
    note: 'Per year is given only where the span has at least 365 days.',
  };
  return {
    id: 'accounts',
    title: 'Your account',
    note: `From the transactions, ${day(part.from)} to ${day(part.to)}.`,
    blocks: [{ kind: 'table', table: table(about, columns, rows) }],
  };
}

const unavailable = (part: Accounts['timeWeighted']): string =>
  'unavailable' in part ? part.unavailable.reason : 'undefined';
