import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonSchema } from './schema-differences';

/** What a released version said of one queue, event, call or kind of row. */
export interface Kept {
  /** The day of the version. */
  readonly version: string;
  /** What it can read, and what it writes; only of the newest version. */
  readonly reads?: JsonSchema;
  readonly writes?: JsonSchema;
  /** What it did write when it was run. */
  readonly written?: readonly unknown[];
}

export const keptDirectory = path.resolve(import.meta.dirname, '../../kept');

const fileOf = (version: string, name: string) => path.join(keptDirectory, version, `${name}.json`);

export const keptVersionNames = (): string[] => readdirSync(keptDirectory).sort();

/** Of every version that is kept; those that knew nothing of that name are left out. */
export function keptOf(name: string): Kept[] {
  return keptVersionNames().flatMap((version) => {
    const file = fileOf(version, name);
    if (!existsSync(file)) return [];
    return [{ version, ...(JSON.parse(readFileSync(file, 'utf8')) as Omit<Kept, 'version'>) }];
  });
}

/** Adds to what is kept of a version, or replaces it. */
export function keep({ version, ...kept }: Kept, name: string): void {
  const file = fileOf(version, name);
  const old = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...old, ...kept }, undefined, 1)}\n`);
}

/** A value as DynamoDB stores it. */
function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL) return null;
  if (value.B !== undefined) return Uint8Array.from(Buffer.from(String(value.B), 'base64'));
  if (value.L) return value.L.map(plain);
  if (value.SS) return new Set(value.SS);
  return rowOf(value.M ?? {});
}

/** A row that is kept as DynamoDB stores it, its binary values in base64. */
export const rowOf = (stored: Record<string, AttributeValue>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, plain(value)]));
