import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KnowledgeHit } from '@stocktool/contracts';
import MiniSearch from 'minisearch';
import { chunkDocument, readDocument, type Chunk } from './chunk-document';
import { snippetOf } from './snippet';
import { termOf, tokenize } from './terms';

/** A term that is in the title or a heading says more about a passage than one in its text. */
const boost = { title: 3, headings: 2, text: 1 };
const maxHits = 100;

/**
 * BM25 over passages, in memory. One index holds one audience's passages: the built-in pages are one, a user's own
 * documents would be another beside it, so that nothing of one user can be found by the next.
 */
export class KnowledgeIndex {
  private readonly search_ = new MiniSearch<Chunk & { headings: string }>({
    idField: 'id',
    fields: ['title', 'headings', 'text'],
    tokenize,
    processTerm: termOf,
  });
  private readonly chunks = new Map<string, Chunk>();

  /** Reads and indexes `<dataDir>/knowledge/*.md`. */
  static async open(dataDir: string): Promise<KnowledgeIndex> {
    const directory = path.join(dataDir, 'knowledge');
    const files = (await readdir(directory)).filter((name) => name.endsWith('.md')).sort();
    const texts = await Promise.all(files.map((name) => readFile(path.join(directory, name), 'utf8')));
    const index = new KnowledgeIndex();
    files.forEach((name, i) => index.add(chunkDocument(readDocument(texts[i]!, name))));
    return index;
  }

  add(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      this.chunks.set(chunk.id, chunk);
      this.search_.add({ ...chunk, headings: chunk.path.slice(1).join(' ') });
    }
  }

  removeDocument(documentId: string): void {
    for (const [id, chunk] of this.chunks) {
      if (chunk.documentId !== documentId) continue;
      this.chunks.delete(id);
      this.search_.discard(id);
    }
  }

  /** The best passages, at most one of each document first and then the rest of `k`; nothing that matches: []. */
  search(query: string, k: number): KnowledgeHit[] {
    const found = this.search_.search(query, { boost, prefix: (term) => term.length > 4, weights: prefixWeight });
    const ranked = found.slice(0, maxHits).map(({ id, score }) => ({ chunk: this.chunks.get(id as string)!, score }));
    const terms = new Set(tokenize(query).flatMap((word) => termOf(word) ?? []));
    return onePerDocumentFirst(ranked)
      .slice(0, k)
      .map(({ chunk, score }) => ({
        documentId: chunk.documentId,
        title: chunk.path.join(' › '),
        ...(chunk.page !== undefined && { page: chunk.page }),
        snippet: snippetOf(chunk.text, terms),
        score,
      }));
  }
}

const prefixWeight = { fuzzy: 0, prefix: 0.4 };

interface Ranked {
  chunk: Chunk;
  score: number;
}

/** Several documents say more than several passages of one; what is left out comes after them. */
function onePerDocumentFirst(ranked: readonly Ranked[]): Ranked[] {
  const seen = new Set<string>();
  const [first, rest]: [Ranked[], Ranked[]] = [[], []];
  for (const hit of ranked) {
    (seen.has(hit.chunk.documentId) ? rest : first).push(hit);
    seen.add(hit.chunk.documentId);
  }
  return [...first, ...rest];
}
