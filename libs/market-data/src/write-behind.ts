const mostAtOnce = 25;

/**
 * Rows on their way to a table: while one write is under way the next ones gather and go together, so that one row waits for
 * nobody and many cost few calls. Of two rows of a key the later counts. The promise is that of the write that has the row.
 */
export class WriteBehind<Row> {
  private waiting = new Map<string, Row>();
  private next: Promise<void> | undefined;
  private underWay: Promise<void> = Promise.resolve();

  constructor(private readonly write: (rows: Row[]) => Promise<void>) {}

  put(key: string, row: Row): Promise<void> {
    this.waiting.set(key, row);
    this.next ??= this.underWay.then(() => this.writeWaiting());
    return this.next;
  }

  private writeWaiting(): Promise<void> {
    const rows = [...this.waiting.values()];
    this.waiting = new Map();
    this.next = undefined;
    const writing = this.inBatches(rows);
    this.underWay = writing.catch(() => undefined); // whoever put a row hears of it
    return writing;
  }

  private async inBatches(rows: Row[]): Promise<void> {
    for (let start = 0; start < rows.length; start += mostAtOnce)
      await this.write(rows.slice(start, start + mostAtOnce));
  }
}
