import { Problem } from '@stocktool/contracts';
import { cutLong, type Passage } from './passage';

const mostPages = 2000;
/** Of all pages together: a page can name the same words a thousand times. */
const mostCharacters = 30_000_000;

interface TextItem {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  /** Matrix of the text; the last is the height of its base line on the page. */
  readonly transform: readonly number[];
}

/** Passages of a PDF, each of one page. The library is megabytes: it is loaded with the first one. */
export async function pdfPassages(bytes: Uint8Array): Promise<Passage[]> {
  const { getDocumentProxy } = await import('unpdf');
  const document = await getDocumentProxy(Uint8Array.from(bytes), { stopAtErrors: false, verbosity: 0 }).catch(
    (cause: unknown) => {
      throw unreadable(reasonOf(cause), cause);
    },
  );
  try {
    if (document.numPages > mostPages)
      throw unreadable(`It has ${document.numPages} pages; at most ${mostPages} are read.`);
    const passages: Passage[] = [];
    let characters = 0;
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      const text = pageText(items.filter((item): item is TextItem & typeof item => 'str' in item));
      page.cleanup();
      characters += text.length;
      if (characters > mostCharacters) throw unreadable('It has more text than is read.');
      passages.push(...cutLong({ headings: [], text, page: number }));
    }
    if (passages.length === 0) throw unreadable('It has no text. Scanned pages are pictures: they are not read.');
    return passages;
  } catch (cause) {
    throw cause instanceof Problem ? cause : unreadable(reasonOf(cause), cause);
  } finally {
    await document.loadingTask.destroy();
  }
}

/** Lines of a paragraph in one line, a word that was parted at the end of one whole again, paragraphs set apart by an empty line. */
function pageText(items: readonly TextItem[]): string {
  let text = '';
  let line = '';
  let last: TextItem | undefined;
  for (const item of items) {
    const [, , , , , base = 0] = item.transform;
    const [, , , , , lastBase = base] = last?.transform ?? [];
    const height = Math.max(item.height, last?.height ?? 0);
    if (line === '' && height > 0 && Math.abs(lastBase - base) > height * 1.8) text += '\n\n';
    line += item.str;
    if (item.hasEOL) {
      text = joined(text, line.trim());
      line = '';
    }
    if (item.str.trim() !== '' && item.height > 0) last = item;
  }
  return joined(text, line.trim()).trim();
}

function joined(text: string, line: string): string {
  if (line === '' || text === '' || text.endsWith('\n')) return text + line;
  if (/\p{L}-$/u.test(text) && /^\p{Ll}/u.test(line)) return text.slice(0, -1) + line;
  return `${text} ${line}`;
}

const unreadable = (detail: string, cause?: unknown): Problem => new Problem('document-unreadable', detail, { cause });

function reasonOf(cause: unknown): string {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'PasswordException') return 'It is locked by a password.';
  return 'It is not a PDF that can be read, or it is damaged.';
}
