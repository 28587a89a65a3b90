import { z } from 'zod';

const FrontMatter = z.object({ id: z.string().regex(/^[a-z0-9-]+$/), title: z.string().min(1) });

export interface KnowledgeDocument {
  readonly id: string;
  readonly title: string;
  /** Markdown without the front matter. */
  readonly body: string;
}

/** A passage under one heading: the unit that is found and cited. */
export interface Chunk {
  readonly id: string;
  readonly documentId: string;
  readonly title: string;
  /** Headings from the document's title down to the passage. */
  readonly path: readonly string[];
  /** A verbatim part of the document. */
  readonly text: string;
  /** Where the source has pages. */
  readonly page?: number;
}

const maxChunkCharacters = 1600;

/** Reads a Markdown file with `id` and `title` as front matter; `file` is for the error message. */
export function readDocument(text: string, file: string): KnowledgeDocument {
  const parts = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text);
  const fields = (parts?.[1] ?? '').split(/\r?\n/).map((line) => /^(\w+):\s*(.*)$/.exec(line));
  const parsed = FrontMatter.safeParse(Object.fromEntries(fields.map((field) => [field?.[1] ?? '', field?.[2] ?? ''])));
  if (!parts || !parsed.success) throw new Error(`${file} does not begin with id and title as front matter`);
  return { ...parsed.data, body: parts[2]! };
}

/**
 * Cuts along headings, then, where a passage is long, between paragraphs. Nothing is rewritten, so that a citation can be
 * found in the document again.
 */
export function chunkDocument({ id, title, body }: KnowledgeDocument): Chunk[] {
  const chunks: Chunk[] = [];
  let headings: string[] = [];
  let lines: string[] = [];
  const flush = () => {
    for (const text of splitLong(lines.join('\n').trim())) {
      chunks.push({ id: `${id}#${chunks.length}`, documentId: id, title, path: [title, ...headings], text });
    }
    lines = [];
  };
  for (const line of body.split(/\r?\n/)) {
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (!heading) {
      lines.push(line);
      continue;
    }
    flush();
    const depth = heading[1]!.length;
    if (depth > 1) headings = [...headings.slice(0, depth - 2), heading[2]!.trim()]; // depth 1 repeats the title
  }
  flush();
  return chunks;
}

function splitLong(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const paragraph of text.split(/\n{2,}/)) {
    if (part !== '' && part.length + paragraph.length > maxChunkCharacters) {
      parts.push(part);
      part = '';
    }
    part = part === '' ? paragraph : `${part}\n\n${paragraph}`;
  }
  return part === '' ? parts : [...parts, part];
}
