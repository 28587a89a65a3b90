import type { AlertCondition } from '@stocktool/contracts';

interface Levels {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly changePercent?: number | undefined;
}

interface Price {
  readonly price: number;
  /** In percent points; null where the source knows no previous close. */
  readonly changePercent: number | null;
}

/** The conditions that hold at a price. A change that is not known is none. */
export function conditionsAt({ above, below, changePercent }: Levels, at: Price): AlertCondition[] {
  const holds: AlertCondition[] = [];
  if (above !== undefined && at.price >= above) holds.push('above');
  if (below !== undefined && at.price <= below) holds.push('below');
  if (changePercent !== undefined && at.changePercent !== null && Math.abs(at.changePercent) >= changePercent)
    holds.push('changePercent');
  return holds;
}

/** For people: `above 150`, `moved by 5 % or more`. */
export const inWords = (conditions: readonly AlertCondition[], levels: Levels): string =>
  conditions
    .map((condition) =>
      condition === 'changePercent'
        ? `moved by ${levels.changePercent} % or more`
        : `at or ${condition} ${levels[condition]}`,
    )
    .join(', ');
