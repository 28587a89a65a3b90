import { EventPublisher } from '@stocktool/aws-sns';
import { Clock, makeEvent, parseJson, StockToolEvent, type AlertCondition } from '@stocktool/contracts';
import type { SourceQuote } from '@stocktool/market-data';
import { AlertTable, conditionsAt, eachTogether, inWords, Watched, type AlertRow } from '@stocktool/portfolios';
import type { RunPlaces } from './run-places';

export interface AlertSummary {
  readonly evaluated: number;
  readonly fired: number;
  /** Left to the next run: their events are in their rows. */
  readonly failed: number;
  /** The time was over before all were looked at: the next run begins with the others. */
  readonly unfinished?: true;
}

interface AlertRun {
  /** Whose alerts are looked at; all when absent. */
  readonly symbols?: readonly string[] | undefined;
  readonly isOver?: () => boolean;
}

const together = 8;
const mostTries = 3;
const placeOfRun = 'alerts';

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
    private readonly around: {
      readonly places: RunPlaces;
      readonly report: (alertId: string, error: unknown) => void;
    },
  ) {}

  async run(quotes: readonly SourceQuote[], { symbols, isOver = () => false }: AlertRun = {}): Promise<AlertSummary> {
    const { places, report } = this.around;
    const bySymbol = new Map(quotes.map((quote) => [quote.symbol, quote]));
    const summary = { evaluated: 0, fired: 0, failed: 0 };
    const work = async (row: AlertRow) => {
      const outcome = await this.one(row, bySymbol.get(row.symbol)).catch((error: unknown) => {
        report(row.id, error);
        return 'failed' as const;
      });
      if (outcome !== 'failed') summary.evaluated += 1;
      if (outcome !== 'quiet') summary[outcome] += 1;
    };
    const before = symbols ? undefined : await places.get(placeOfRun);
    const stopped = await eachTogether(this.watched.alerts(symbols, before), work, { together, isOver });
    if (!symbols && (stopped ? stopped.behind : before) !== undefined) await places.put(placeOfRun, stopped?.behind);
    return { ...summary, ...(stopped && { unfinished: true }) };
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
