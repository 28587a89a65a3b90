import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectStore } from '@stocktool/aws-s3';
import { type DocumentType, largestDocumentBytes } from '@stocktool/contracts';
import {
  documentBuckets,
  type DocumentBuckets,
  documentKey,
  type DocumentTable,
  type RemoveDocument,
} from '@stocktool/knowledge';
import { Failure } from '../failure';

const mostDocuments = 200;
const atOnce = 8;

export interface SyncParts {
  readonly table: DocumentTable;
  readonly objects: ObjectStore;
  readonly removal: RemoveDocument;
  readonly buckets?: DocumentBuckets;
}

export interface Synced {
  readonly put: string[];
  readonly unchanged: string[];
  readonly removed: string[];
  /** Name → why. */
  readonly skipped: [string, string][];
}

/**
 * Makes the documents of an owner whose names begin with the folder's what the folder holds: a file whose bytes are there already is left
 * alone, one that is gone from the folder is removed. The hash stands in the object's metadata, so that nothing is read back. Safe to
 * repeat; what a run that was cut short has not done, the next one does.
 */
export async function syncFolder(
  folder: string,
  owner: string,
  { table, objects, removal, buckets = documentBuckets }: SyncParts,
): Promise<Synced> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw new Failure(`${folder} is no folder.`);
  const prefix = `${path.basename(path.resolve(folder))}/`;
  const done: Synced = { put: [], unchanged: [], removed: [], skipped: [] };
  const known = new Map<string, string>();
  for await (const { name, documentId } of table.all(owner)) known.set(name, documentId);

  const one = async (file: string): Promise<void> => {
    const name = prefix + file.split(path.sep).join('/');
    const bytes = await readFile(path.join(folder, file));
    const type = typeOf(file, bytes);
    if (bytes.length > largestDocumentBytes || bytes.length === 0)
      return void done.skipped.push([name, `it has ${bytes.length} bytes`]);
    if (!type) return void done.skipped.push([name, 'it is neither text, HTML nor PDF']);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const present = known.get(name);
    known.delete(name);
    if (present !== undefined) {
      const head = await objects.head(buckets.uploads, documentKey(owner, present));
      if (head?.metadata?.['sha256'] === sha256 && head.contentType === type) return void done.unchanged.push(name);
    }
    const row = await table.open(owner, name, type, mostDocuments);
    if (row.contentType !== type) await table.expect(row, type);
    const options = { contentType: type, metadata: { owner, sha256 } };
    await objects.put(buckets.uploads, documentKey(owner, row.documentId), bytes, options);
    done.put.push(name);
  };

  const files = await filesOf(folder);
  const waiting = files.values();
  const work = async () => {
    for (const file of waiting) await one(file);
  };
  await Promise.all(Array.from({ length: atOnce }, work));

  const left = done.skipped.map(([name]) => name);
  for (const [name, documentId] of known) {
    if (!name.startsWith(prefix) || left.includes(name)) continue;
    await removal.run(owner, documentId);
    done.removed.push(name);
  }
  return done;
}

/** Relative to the folder, in order; what is hidden stays out. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(path.sep).some((part) => part.startsWith('.')))
    .sort();
}

/** What a file is, its bytes say; that text is Markdown, only its name does. */
function typeOf(file: string, bytes: Buffer): DocumentType | undefined {
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return 'application/pdf';
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  if (text.includes('\0')) return undefined;
  if (/^\s*(?:<!doctype html|<html[\s>])/i.test(text)) return 'text/html';
  return /\.(?:md|markdown)$/i.test(file) ? 'text/markdown' : 'text/plain';
}
