import { z } from 'zod';
import { AwsError } from '../aws-error';

export interface FormTree {
  [name: string]: string | FormTree;
}

const mostFields = 5000;
const deepest = 8;

/** Folds `A.member.1.B=x` into `{ A: { member: { 1: { B: 'x' } } } }`. */
export function parseForm(text: string): FormTree {
  const root = Object.create(null) as FormTree;
  let fields = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++fields > mostFields) throw new AwsError('MalformedInput', 'Too many fields');
    const path = name.split('.');
    if (path.length > deepest) throw new AwsError('MalformedInput', 'Fields are nested too deeply');
    const last = path.pop()!;
    let node = root;
    for (const part of path) {
      const next = node[part] ?? (node[part] = Object.create(null) as FormTree);
      if (typeof next === 'string') throw new AwsError('MalformedInput', `${name} contradicts another field`);
      node = next;
    }
    node[last] = value;
  }
  return root;
}

const inOrder = (tree: unknown): unknown[] => {
  const numbered = Object.entries((tree ?? {}) as FormTree).sort(([a], [b]) => Number(a) - Number(b));
  return numbered.map(([, value]) => value);
};
const spread = (value: unknown): unknown => (value !== null && typeof value === 'object' ? { ...value } : value);

/** `<name>.member.N` */
export const formList = <Schema extends z.ZodType>(item: Schema) =>
  z
    .unknown()
    .optional()
    .transform((tree) => inOrder((tree as FormTree | undefined)?.member).map(spread))
    .pipe(z.array(item));

/** `<name>.entry.N.key` and `.value`, or `.Name` and `.Value`. */
export const formMap = <Schema extends z.ZodType>(value: Schema) =>
  z
    .unknown()
    .optional()
    .transform((tree) => {
      const entries = inOrder((tree as FormTree | undefined)?.entry) as FormTree[];
      return Object.fromEntries(
        entries.map((entry) => {
          const name = entry?.key ?? entry?.Name;
          return [typeof name === 'string' ? name : '', spread(entry?.value ?? entry?.Value)];
        }),
      );
    })
    .pipe(z.record(z.string(), value));
