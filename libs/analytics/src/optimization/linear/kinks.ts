/** Rows in the order of the places of their kinks along an edge, from a heap: most searches end after a few. */
export class Kinks {
  private readonly rows: Int32Array;
  private readonly places: Float64Array;
  private count = 0;

  constructor(mostRows: number) {
    this.rows = new Int32Array(mostRows);
    this.places = new Float64Array(mostRows);
  }

  clear(): void {
    this.count = 0;
  }

  /** Before `order`. */
  add(row: number, place: number): void {
    this.rows[this.count] = row;
    this.places[this.count++] = place;
  }

  order(): void {
    for (let i = (this.count >> 1) - 1; i >= 0; i--) this.sink(i, this.rows[i]!, this.places[i]!);
  }

  /** The nearest that was not given yet; undefined when there is none. */
  next(): { row: number; at: number } | undefined {
    if (this.count === 0) return undefined;
    const first = { row: this.rows[0]!, at: this.places[0]! };
    this.count--;
    if (this.count > 0) this.sink(0, this.rows[this.count]!, this.places[this.count]!);
    return first;
  }

  /** Puts a kink where it belongs at or under a place of the heap; of two in one place the lower row is first. */
  private sink(from: number, row: number, place: number): void {
    const { rows, places, count } = this;
    const isBefore = (i: number) => places[i]! < place || (places[i] === place && rows[i]! < row);
    let parent = from;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= count) break;
      const other = child + 1;
      if (
        other < count &&
        (places[other]! < places[child]! || (places[other] === places[child] && rows[other]! < rows[child]!))
      )
        child = other;
      if (!isBefore(child)) break;
      rows[parent] = rows[child]!;
      places[parent] = places[child]!;
      parent = child;
    }
    rows[parent] = row;
    places[parent] = place;
  }
}
