import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { builtInPassages, readBuiltInPage, type BuiltInPage } from '../reading/built-in-page';
import { encodeSegment, Segment } from './segment';

/** The pages in `<dataDir>/knowledge/*.md`, which everybody may read. */
export class BuiltInPages {
  private made: Promise<readonly Segment[]> | undefined;

  constructor(private readonly pages: readonly BuiltInPage[]) {}

  static async open(dataDir: string): Promise<BuiltInPages> {
    const directory = path.join(dataDir, 'knowledge');
    const files = (await readdir(directory)).filter((name) => name.endsWith('.md')).sort();
    return new BuiltInPages(
      await Promise.all(
        files.map(async (name) => readBuiltInPage(await readFile(path.join(directory, name), 'utf8'), name)),
      ),
    );
  }

  /** Made searchable by the first search, so that a start does not wait for it; between two pages others have their turn. */
  segments(): Promise<readonly Segment[]> {
    return (this.made ??= segmentsOf(this.pages));
  }
}

async function segmentsOf(pages: readonly BuiltInPage[]): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const page of pages) {
    segments.push(
      new Segment(encodeSegment({ documentId: page.id, title: page.title, passages: builtInPassages(page) })),
    );
    await turn();
  }
  return segments;
}
