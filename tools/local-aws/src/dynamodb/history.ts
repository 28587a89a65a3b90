import type { Item, Level } from './dynalite';
import { historyBefore, historyEntryKey, historyPrefix, itemKeyOfHistoryEntry } from './keys';
import type { Table } from './tables';

/** For how long what items were before each write is kept, and how far the newest restorable moment is behind. */
export interface Recovery {
  /** 0: nothing is kept, and a restore is refused. */
  readonly hours: number;
  /** AWS names five minutes. */
  readonly lagSeconds: number;
}

const trimEveryMs = 60_000;
const absent = 0;

/**
 * What point-in-time recovery rests on: for each write to a table that has it, the item before. An item at a moment is what it was
 * before its first write after that moment, or what it is now.
 */
export class History {
  private sequence = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly level: Level,
    private readonly recovery: Recovery,
  ) {}

  keeps({ pointInTimeRecovery }: Table): boolean {
    return pointInTimeRecovery && this.recovery.hours > 0;
  }

  /** Whether what was made then is kept still. */
  reaches(epochMs: number): boolean {
    return Date.now() - epochMs <= this.recovery.hours * 3_600_000;
  }

  /** The entry to write together with a change of the item. */
  entry(table: string, itemKey: string, before: Item | undefined): [key: string, value: unknown] {
    return [historyEntryKey(table, Date.now(), this.sequence++, itemKey), before ?? absent];
  }

  /** The moments that can be restored, in epoch milliseconds. */
  window({ pointInTimeRecoverySince: sinceSeconds = 0 }: Table): { earliestMs: number; latestMs: number } {
    const kept = this.recovery.hours === 0 ? 0 : Date.now() - this.recovery.hours * 3_600_000;
    return {
      earliestMs: Math.max(sinceSeconds * 1000, kept),
      latestMs: Math.max(sinceSeconds * 1000, Date.now() - this.recovery.lagSeconds * 1000),
    };
  }

  /** Each item that was written after the moment, once, as it was then; undefined where there was none. */
  async *changedSince(table: string, epochMs: number): AsyncGenerator<[itemKey: string, item: Item | undefined]> {
    const seen = new Set<string>();
    const range = { gte: historyBefore(table, epochMs + 1), lt: `${historyPrefix(table)}\xff` };
    for await (const [entry, value] of this.level.iterator(range)) {
      const itemKey = itemKeyOfHistoryEntry(table, entry);
      if (seen.has(itemKey)) continue;
      seen.add(itemKey);
      yield [itemKey, value === absent ? undefined : (value as Item)];
    }
  }

  async erase(table: string): Promise<void> {
    await this.level.clear({ gte: historyPrefix(table), lt: `${historyPrefix(table)}\xff` });
  }

  /** Forgets what is older than the period, until stopped. */
  start(tables: () => readonly Table[]): void {
    if (this.recovery.hours === 0) return;
    this.timer = setInterval(() => {
      const until = Date.now() - this.recovery.hours * 3_600_000;
      for (const { description } of tables()) {
        const name = description.TableName;
        // What fails, as on a full disk, is tried again at the next tick.
        this.level.clear({ gte: historyPrefix(name), lt: historyBefore(name, until) }).catch(() => undefined);
      }
    }, trimEveryMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
