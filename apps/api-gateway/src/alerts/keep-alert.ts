import { Injectable } from '@nestjs/common';
import { problemOfIssues } from '@stocktool/bootstrap';
import { Alert, AlertRequest, type AlertPatch } from '@stocktool/contracts';
import { AlertTable, shownAlert } from '@stocktool/portfolios';
import { Idempotency } from '../idempotency/idempotency';
import { KnownSymbols } from '../market/known-symbols';

/** Alerts are written with symbols that exist. A change arms all conditions; an event that waits to be published is not lost by it. */
@Injectable()
export class KeepAlert {
  constructor(
    private readonly table: AlertTable,
    private readonly symbols: KnownSymbols,
    private readonly once: Idempotency,
  ) {}

  create(userId: string, request: AlertRequest, key: string | undefined): Promise<Alert> {
    const operation = { operation: 'create-alert', request };
    return this.once.perKey(userId, key, operation, Alert, async (id) => {
      await this.check(userId, request);
      return shownAlert(await this.table.create(userId, id, { ...request, holds: [] }));
    });
  }

  async replace(userId: string, id: string, request: AlertRequest, onlyIf?: ReadonlySet<number>): Promise<Alert> {
    await this.table.get(userId, id);
    await this.check(userId, request);
    const { after } = await this.table.change(userId, id, {
      onlyIf,
      make: ({ lastFiredAt, event }) => ({ ...request, holds: [], lastFiredAt, event }),
    });
    return shownAlert(after);
  }

  async patch(userId: string, id: string, patch: AlertPatch, onlyIf?: ReadonlySet<number>): Promise<Alert> {
    const { after } = await this.table.change(userId, id, {
      onlyIf,
      make: ({ symbol, above, below, changePercent, lastFiredAt, event }) => ({
        ...patched({ symbol, above, below, changePercent }, patch),
        holds: [],
        lastFiredAt,
        event,
      }),
    });
    return shownAlert(after);
  }

  private async check(userId: string, { symbol }: AlertRequest): Promise<void> {
    await this.symbols.cover(userId, [{ path: 'symbol', symbol }]);
  }
}

/** Throws `validation-failed` when what is left is no alert. */
function patched(before: Pick<Alert, 'symbol' | 'above' | 'below' | 'changePercent'>, patch: AlertPatch): AlertRequest {
  const merged = Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null && value !== undefined);
  const { data, error } = AlertRequest.safeParse(Object.fromEntries(merged));
  if (!data) throw problemOfIssues(error.issues);
  return data;
}
