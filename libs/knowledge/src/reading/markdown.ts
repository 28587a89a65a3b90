import { cutLong, type Passage } from './passage';

/**
 * Passages of Markdown, one under each heading. Nothing is rewritten, so that a citation can be found in the document again. `title`
 * is not repeated in `headings`.
 */
export function markdownPassages(body: string, title: string): Passage[] {
  const passages: Passage[] = [];
  const byDepth: string[] = [];
  let lines: string[] = [];
  let fence: string | undefined;
  const flush = () => {
    const headings = byDepth.filter((heading) => heading !== '' && heading !== title);
    passages.push(...cutLong({ headings, text: lines.join('\n') }));
    lines = [];
  };
  for (const line of body.split('\n')) {
    const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) fence = fence === undefined ? mark : undefined;
    const heading = fence === undefined ? /^(#{1,6})[ \t]+(\S.*)$/.exec(line) : null;
    if (!heading) {
      lines.push(line);
      continue;
    }
    flush();
    setHeading(byDepth, heading[1]!.length, heading[2]!.replace(/[ \t]#+$/, '').trim());
  }
  flush();
  return passages;
}

/** A heading ends those of its depth and below; a depth that was left out stays empty. */
export function setHeading(byDepth: string[], depth: number, text: string): void {
  while (byDepth.length < depth - 1) byDepth.push('');
  byDepth.splice(depth - 1, Infinity, text);
}
