/** A binary heap by due time. An entry that no longer holds is dropped by its owner when it comes out. */
export class DueHeap<T> {
  private readonly entries: { readonly dueAt: number; readonly value: T }[] = [];

  get nextDueAt(): number | undefined {
    return this.entries[0]?.dueAt;
  }

  get size(): number {
    return this.entries.length;
  }

  push(dueAt: number, value: T): void {
    const { entries } = this;
    const entry = { dueAt, value };
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent]!;
      if (above.dueAt <= dueAt) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }

  /** Takes the earliest value if it is due. */
  popDue(now: number): T | undefined {
    const first = this.entries[0];
    if (!first || first.dueAt > now) return undefined;
    const last = this.entries.pop()!;
    if (this.entries.length > 0) this.sink(last);
    return first.value;
  }

  clear(): void {
    this.entries.length = 0;
  }

  private sink(entry: { readonly dueAt: number; readonly value: T }): void {
    const { entries } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && entries[child + 1]!.dueAt < entries[child]!.dueAt) child++;
      if (entries[child]!.dueAt >= entry.dueAt) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = entry;
  }
}
