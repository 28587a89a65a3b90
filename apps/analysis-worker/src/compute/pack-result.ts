import { gzipSync } from 'node:zlib';
import { AnalysisResult } from '@stocktool/contracts';
import type { z } from 'zod';

/** A result on its way out of the worker. */
interface PackedResult {
  /** As it leaves: every number in it is one. */
  readonly result: AnalysisResult;
  /** Its JSON, gzipped. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** Where there was a number that is none, in dots: an error of ours. */
  readonly notNumbers: readonly string[];
}

type Path = readonly PropertyKey[];

const mostWarnings = 20;
const code = 'not-a-number';
const reason = 'A figure in here came out as no number: an error in its computation, which was reported.';

/**
 * The one way out: JSON would write NaN and infinite numbers as null without a word. What is undefined was made null with its reason long before;
 * what still is no number here is an error in a computation. It becomes null with a warning where the contract has a null; where it has none,
 * the innermost part around it is refused. Throws where there is no such part.
 */
export function packResult(computed: AnalysisResult): PackedResult {
  const found: Path[] = [];
  collect(computed, [], found);
  const result = found.length === 0 ? computed : repaired(computed, found);
  const notNumbers = found.map((path) => path.join('.'));
  return { result, packed: new Uint8Array(gzipSync(JSON.stringify(result))), notNumbers };
}

/** The path is made only of what is found: nearly always nothing. */
function collect(value: object, at: PropertyKey[], found: Path[]): void {
  for (const key in value) {
    const child = (value as Record<string, unknown>)[key];
    if (typeof child === 'number') {
      if (!Number.isFinite(child)) found.push([...at, key]);
    } else if (typeof child === 'object' && child !== null) {
      at.push(key);
      collect(child, at, found);
      at.pop();
    }
  }
}

function repaired(computed: AnalysisResult, found: readonly Path[]): AnalysisResult {
  const result = structuredClone(computed);
  for (const path of found) put(result, path, null);
  const { error } = AnalysisResult.safeParse(result);
  for (const path of error ? partsAround(error.issues) : []) put(result, path, { unavailable: { code, reason } });
  for (const path of found.slice(0, mostWarnings))
    result.warnings.push({ code, path: path.join('.'), message: `${String(path.at(-1))} is left out. ${reason}` });
  return result;
}

/** Of each fault the part that can be refused and is nearest to it. */
function partsAround(issues: readonly z.core.$ZodIssue[], before: Path = []): Path[] {
  return issues.flatMap((issue) => {
    const path = [...before, ...issue.path];
    if (issue.code !== 'invalid_union')
      throw new Error(`no number, and nothing to refuse around it: ${path.join('.')}`);
    const inside = issue.errors[0] ?? [];
    const nested = inside.length > 0 && inside.every((each) => each.code === 'invalid_union');
    return nested ? partsAround(inside, path) : [path];
  });
}

function put(result: object, path: Path, value: unknown): void {
  const parent = path.slice(0, -1).reduce<object>((node, key) => (node as Record<PropertyKey, object>)[key]!, result);
  (parent as Record<PropertyKey, unknown>)[path.at(-1)!] = value;
}
