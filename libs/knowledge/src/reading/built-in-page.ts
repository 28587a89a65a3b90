import { z } from 'zod';
import { markdownPassages } from './markdown';
import type { Passage } from './passage';

const FrontMatter = z.object({ id: z.string().regex(/^[a-z0-9-]+$/), title: z.string().min(1) });

export interface BuiltInPage {
  readonly id: string;
  readonly title: string;
  /** Markdown without the front matter. */
  readonly body: string;
}

/** Reads a Markdown file with `id` and `title` as front matter; `file` is for the error message. */
export function readBuiltInPage(text: string, file: string): BuiltInPage {
  const parts = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text);
  const fields = (parts?.[1] ?? '').split(/\r?\n/).map((line) => /^(\w+):\s*(.*)$/.exec(line));
  const parsed = FrontMatter.safeParse(Object.fromEntries(fields.map((field) => [field?.[1] ?? '', field?.[2] ?? ''])));
  if (!parts || !parsed.success) throw new Error(`${file} does not begin with id and title as front matter`);
  return { ...parsed.data, body: parts[2]! };
}

/** The first heading is the title in other words: it is not said twice. */
export const builtInPassages = ({ body, title }: BuiltInPage): Passage[] =>
  markdownPassages(body, /^# (.+)$/m.exec(body)?.[1]?.trim() ?? title);
