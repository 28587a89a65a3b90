/** What was found of one resource, and what was done about it. */
export interface Finding {
  readonly resource: string;
  readonly state: 'ok' | 'missing' | 'different' | 'created' | 'corrected' | 'conflict';
  /** Which settings differ, in plain words; empty when all is as declared. */
  readonly detail: string;
}

export const isWrong = ({ state }: Finding): boolean =>
  state === 'missing' || state === 'different' || state === 'conflict';

/**
 * One resource as the topology wants it. `create` is called when it does not exist; `differences` names each setting
 * that is not as declared together with what puts it right, or without when nothing can (a key of a table).
 */
export interface Resource {
  readonly name: string;
  exists(): Promise<boolean>;
  create(): Promise<void>;
  differences(): Promise<readonly Difference[]>;
}

export interface Difference {
  readonly setting: string;
  readonly correct?: () => Promise<unknown>;
}

/** Compares one resource with its declaration and, with `apply`, brings it there. Running it again changes nothing. */
export async function reconcile(resource: Resource, { apply }: { apply: boolean }): Promise<Finding> {
  const finding = (state: Finding['state'], detail = ''): Finding => ({ resource: resource.name, state, detail });
  const existed = await resource.exists();
  if (!existed && !apply) return finding('missing');
  if (!existed) await resource.create();

  const differences = await resource.differences();
  const settings = differences.map(({ setting }) => setting).join(', ');
  const hopeless = differences.filter(({ correct }) => correct === undefined);
  if (hopeless.length > 0) return finding('conflict', hopeless.map(({ setting }) => setting).join(', '));
  if (!apply) return finding(differences.length > 0 ? 'different' : 'ok', settings);
  for (const { correct } of differences) await correct?.();
  if (!existed) return finding('created');
  return differences.length > 0 ? finding('corrected', settings) : finding('ok');
}

/** Structural equality of plain data, whatever the order of keys. */
export const same = (left: unknown, right: unknown): boolean => canonical(left) === canonical(right);

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The answer, or undefined when AWS says by one of these names that there is no such thing. */
export async function unlessAbsent<Value>(answer: Promise<Value>, ...absent: string[]): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && absent.includes(error.name)) return undefined;
    throw error;
  }
}
