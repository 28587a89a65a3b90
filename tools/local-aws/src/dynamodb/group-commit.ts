import type { Level } from './dynalite';

export type Writes = ReadonlyMap<string, unknown>;

interface Group {
  readonly writes: Map<string, unknown>;
  readonly done: Promise<void>;
  settle(error?: unknown): void;
}

/**
 * Writes to LevelDB in groups: what arrives while one batch is on its way goes into the next. Readers see writes at once, callers are
 * answered when their batch is stored. A batch is atomic, hence so is a transaction with its index entries, also when the process is killed.
 */
export class GroupCommit {
  private storing: Group | undefined;
  private gathering: Group | undefined;

  constructor(private readonly level: Level) {}

  /** The present value of a key; undefined when there is none. */
  get(key: string): unknown {
    if (this.gathering?.writes.has(key)) return this.gathering.writes.get(key);
    if (this.storing?.writes.has(key)) return this.storing.writes.get(key);
    return this.level.getSync(key);
  }

  /** Undefined as a value deletes the key. */
  commit(writes: Writes): Promise<void> {
    if (writes.size === 0) return Promise.resolve();
    const group = (this.gathering ??= newGroup());
    for (const [key, value] of writes) group.writes.set(key, value);
    if (!this.storing) this.store();
    return group.done;
  }

  /** Resolves when everything committed before has been stored or refused. */
  async settled(): Promise<void> {
    await (this.gathering ?? this.storing)?.done.catch(() => undefined);
  }

  private store(): void {
    const group = (this.storing = this.gathering);
    this.gathering = undefined;
    if (!group) return;
    const operations = [...group.writes].map(([key, value]) =>
      value === undefined ? ({ type: 'del', key } as const) : ({ type: 'put', key, value } as const),
    );
    const stored = (): void => {
      this.storing = undefined;
      group.settle();
      this.store();
    };
    const refused = (error: unknown): void => {
      // What was gathered meanwhile may rest on writes that now never happened: it fails with them.
      const dependent = this.gathering;
      this.storing = this.gathering = undefined;
      group.settle(error);
      dependent?.settle(error);
    };
    try {
      this.level.batch(operations).then(stored, refused);
    } catch (error) {
      refused(error);
    }
  }
}

function newGroup(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined); // each caller gets the failure from its own await
  return {
    writes: new Map(),
    done: promise,
    settle: (error) => (error === undefined ? resolve() : reject(error)),
  };
}
