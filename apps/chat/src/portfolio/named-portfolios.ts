import { Problem } from '@stocktool/contracts';
import type { AnalysedPortfolio, HeldPortfolios, PortfolioRow, PortfolioStore } from '@stocktool/portfolios';

export interface NamedPortfolio extends Pick<AnalysedPortfolio, 'holdings' | 'currency' | 'warnings'> {
  readonly id: string;
  readonly name: string;
}

const namesShown = 10;

/** Portfolios of a user by the names they gave them. Only that user's are ever read: the id of another's finds nothing. */
export class NamedPortfolios {
  constructor(
    private readonly store: Pick<PortfolioStore, 'all'>,
    private readonly held: Pick<HeldPortfolios, 'forAnalysis'>,
  ) {}

  /**
   * By name, in any case; without one, the only one. As of the end of `until` where holdings follow from transactions. Problem
   * `unknown-portfolio` names those there are.
   */
  async find(userId: string, name: string | undefined, until: string | undefined): Promise<NamedPortfolio> {
    const rows: PortfolioRow[] = [];
    for await (const row of this.store.all(userId)) rows.push(row);
    const row = oneOf(rows, name);
    return { id: row.id, name: row.name, ...(await this.held.forAnalysis(userId, row.id, until)) };
  }
}

function oneOf(rows: readonly PortfolioRow[], name: string | undefined): PortfolioRow {
  const named = name === undefined ? rows : rows.filter((row) => row.name.toLowerCase() === name.trim().toLowerCase());
  const [only, another] = named;
  if (only && !another) return only;
  throw new Problem('unknown-portfolio', `${whyNone(named.length, name)} ${listOf(rows)}`);
}

function whyNone(found: number, name: string | undefined): string {
  if (found > 1) return name === undefined ? 'Which portfolio?' : `More than one portfolio is called ${name}.`;
  return name === undefined ? 'No holdings are given.' : `There is no portfolio ${name}.`;
}

function listOf(rows: readonly PortfolioRow[]): string {
  if (rows.length === 0) return 'The user keeps no portfolio here.';
  const names = rows.slice(0, namesShown).map((row) => row.name);
  return `The user keeps: ${names.join(', ')}${rows.length > namesShown ? ' and more' : ''}.`;
}
