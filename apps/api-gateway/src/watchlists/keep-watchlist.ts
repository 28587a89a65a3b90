import { Injectable } from '@nestjs/common';
import { Watchlist, type WatchlistPatch, type WatchlistRequest } from '@stocktool/contracts';
import { shownWatchlist, WatchlistTable } from '@stocktool/portfolios';
import { Idempotency } from '../idempotency/idempotency';
import { KnownSymbols } from '../market/known-symbols';

/** Watchlists are written with symbols that exist. */
@Injectable()
export class KeepWatchlist {
  constructor(
    private readonly table: WatchlistTable,
    private readonly symbols: KnownSymbols,
    private readonly once: Idempotency,
  ) {}

  create(userId: string, request: WatchlistRequest, key: string | undefined): Promise<Watchlist> {
    const operation = { operation: 'create-watchlist', request };
    return this.once.perKey(userId, key, operation, Watchlist, async (id) => {
      await this.check(userId, request.symbols);
      return shownWatchlist(await this.table.create(userId, id, request));
    });
  }

  /** What the patch names; the rest stays. A request that names all replaces all. */
  async change(
    userId: string,
    id: string,
    { name, symbols }: WatchlistPatch,
    onlyIf?: ReadonlySet<number>,
  ): Promise<Watchlist> {
    await this.table.get(userId, id);
    if (symbols) await this.check(userId, symbols);
    const { after } = await this.table.change(userId, id, {
      onlyIf,
      make: (before) => ({ name: name ?? before.name, symbols: symbols ?? before.symbols }),
    });
    return shownWatchlist(after);
  }

  private async check(userId: string, symbols: readonly string[]): Promise<void> {
    await this.symbols.cover(
      userId,
      symbols.map((symbol, at) => ({ path: `symbols.${at}`, symbol })),
    );
  }
}
