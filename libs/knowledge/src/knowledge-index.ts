import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KnowledgeHit } from '@stocktool/contracts';
import MiniSearch from 'minisearch';
import { chunkDocument, readDocument, type Chunk } from './chunk-document';
import { snippetOf } from './snippet';
import { termOf, tokenize } from './terms';

/** A term that is in the title or a heading says more about a passage than one in its text. */
const boost = { title: 3, headings: 2, text: 1 };
/** Several documents say more than several passages of one. */
const maxHitsPerDocument = 2;

/**
 * BM25 over passages, in memory. One index holds one audience's passages: the built-in pages are one, a user's own
 * documents would be another beside it, so that nothing of one user can be found by the next.
 */
export class KnowledgeIndex {
  private readonly passages = new MiniSearch<Chunk & { headings: string }>({
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
      this.passages.add({ ...chunk, headings: chunk.path.slice(1).join(' ') });
    }
  }

  removeDocument(documentId: string): void {
    for (const [id, chunk] of this.chunks) {
      if (chunk.documentId !== documentId) continue;
      this.chunks.delete(id);
      this.passages.discard(id);
    }
  }

  /** The best passages, best first, at most two of one document; nothing that matches: []. */
  search(query: string, k: number): KnowledgeHit[] {
    const found = this.passages.search(query, {
      boost,
      boostDocument: (id) => (this.chunks.get(id as string)?.path.length === 1 ? introductionBoost : 1),
      prefix: (term) => term.length > 4,
      weights: prefixWeight,
    });
    const terms = new Set(tokenize(query).flatMap((word) => termOf(word) ?? []));
    const perDocument = new Map<string, number>();
    const hits: KnowledgeHit[] = [];
    for (const { id, score } of found) {
      if (hits.length >= k) break;
      const { documentId, path: headings, page, text } = this.chunks.get(id as string)!;
      const already = perDocument.get(documentId) ?? 0;
      if (already >= maxHitsPerDocument) continue;
      perDocument.set(documentId, already + 1);
      const title = headings.join(' › ');
      hits.push({ documentId, title, ...(page !== undefined && { page }), snippet: snippetOf(text, terms), score });
    }
    return hits;
  }
}

/** What stands before the first heading says what the subject is. */
const introductionBoost = 1.2;
const prefixWeight = { fuzzy: 0, prefix: 0.4 };
