import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { builtInPassages, readBuiltInPage } from '../reading/built-in-page';
import { encodeSegment, Segment } from './segment';

/** The pages in `<dataDir>/knowledge/*.md`, which everybody may read, made searchable. */
export async function builtInSegments(dataDir: string): Promise<Segment[]> {
  const directory = path.join(dataDir, 'knowledge');
  const files = (await readdir(directory)).filter((name) => name.endsWith('.md')).sort();
  return Promise.all(
    files.map(async (name) => {
      const page = readBuiltInPage(await readFile(path.join(directory, name), 'utf8'), name);
      return new Segment(encodeSegment({ documentId: page.id, title: page.title, passages: builtInPassages(page) }));
    }),
  );
}
