import { EventPublisher } from '@stocktool/aws-sns';
import { Clock, makeEvent, parseJson, StockToolEvent, type AlertCondition } from '@stocktool/contracts';
import type { SourceQuote } from '@stocktool/market-data';
import { AlertTable, conditionsAt, inWords, Watched, type AlertRow } from '@stocktool/portfolios';

export interface AlertSummary {
  readonly evaluated: number;
  readonly fired: number;
  /** Left to the next run: their events are in their rows. */
  readonly failed: number;
}

const together = 8;
const mostTries = 3;

/**
 * Looks at alerts with fresh quotes. That a condition holds is written under the condition that nobody has changed the row, together with its
 * event; the event is published, then cleared. Whoever comes again finds the row as it was left: what holds already does not fire, and what is
 * not known to be published is published under the same id.
 */
export class EvaluateAlerts {
  constructor(
    private readonly watched: Watched,
    private readonly table: AlertTable,
    private readonly publisher: EventPublisher,
    private readonly clock: Clock,
    private readonly report: (alertId: string, error: unknown) => void,
  ) {}

  /** `symbols`: whose alerts are looked at; all when absent. */
  async run(quotes: readonly SourceQuote[], symbols?: readonly string[]): Promise<AlertSummary> {
    const bySymbol = new Map(quotes.map((quote) => [quote.symbol, quote]));
    const summary = { evaluated: 0, fired: 0, failed: 0 };
    const waiting = this.watched.alerts(symbols);
    const work = async () => {
      for (;;) {
        const next = await waiting.next();
        if (next.done) return;
        const row = next.value;
        const outcome = await this.one(row, bySymbol.get(row.symbol)).catch((error: unknown) => {
          this.report(row.id, error);
          return 'failed' as const;
        });
        if (outcome !== 'failed') summary.evaluated += 1;
        if (outcome !== 'quiet') summary[outcome] += 1;
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    return summary;
  }

  private async one(found: AlertRow, quote: SourceQuote | undefined): Promise<'fired' | 'quiet'> {
    let row: AlertRow | undefined = found;
    let fired = false;
    for (let tries = 1; row && tries <= mostTries; tries++) {
      if (row.event !== undefined) {
        await this.publisher.publish(parseJson(StockToolEvent, row.event));
        row = await this.table.published(row);
        fired = true;
      }
      if (!row || !quote || isOlder(quote, row)) break;
      const holds = conditionsAt(row, quote);
      if (holds.join() === row.holds.join()) break;
      row = await this.table.evaluated(row, { holds, quotedAt: quote.asOf, ...this.news(row, quote, holds) });
    }
    return fired ? 'fired' : 'quiet';
  }

  /** The event of what begins to hold; nothing when nothing does. */
  private news(row: AlertRow, quote: SourceQuote, holds: readonly AlertCondition[]) {
    const begun = holds.filter((condition) => !row.holds.includes(condition));
    if (begun.length === 0) return {};
    const time = this.clock.now();
    const { price, asOf, source } = quote;
    const event = makeEvent('price.alert', {
      id: `price-alert:${row.id}:${row.version + 1}`,
      source: 'stocktool/stock-updater',
      subject: row.id,
      time,
      data: {
        userId: row.userId,
        alertId: row.id,
        symbol: row.symbol,
        price,
        condition: inWords(begun, row),
        asOf,
        source,
      },
    });
    return { event: JSON.stringify(event), lastFiredAt: time.toISOString() };
  }
}

const isOlder = ({ asOf }: SourceQuote, { quotedAt }: AlertRow): boolean => quotedAt !== undefined && asOf < quotedAt;
