import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '@stocktool/aws-dynamodb';
import { Problem, type Page, type PageQuery, type Transaction } from '@stocktool/contracts';
import { PortfolioStore } from '@stocktool/portfolios';

const position = /^\d{1,6}$/;

@Injectable()
export class ListTransactions {
  constructor(private readonly store: PortfolioStore) {}

  /** By date, oldest first. A cursor belongs to one revision of one portfolio: after a change the list begins anew. */
  async run(userId: string, id: string, { limit, cursor }: PageQuery): Promise<Page<Transaction>> {
    const { row, transactions } = await this.store.withTransactions(userId, id);
    const revision = String(row.revision);
    const start = cursor === undefined ? 0 : positionIn(cursor, { userId, id, revision });
    const end = start + limit;
    const next = end < transactions.length ? { userId, id, revision, position: String(end) } : undefined;
    return { items: transactions.slice(start, end), nextCursor: encodeCursor(next) };
  }
}

function positionIn(cursor: string, list: Record<string, string>): number {
  const owns = (key: Record<string, string>) => Object.entries(list).every(([name, value]) => key[name] === value);
  const key = decodeCursor(cursor, owns, [...Object.keys(list), 'position']);
  if (!position.test(key['position'] ?? ''))
    throw new Problem('bad-cursor', 'The cursor is not one that this list returned.');
  return Number(key['position']);
}
