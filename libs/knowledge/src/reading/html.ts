import { Parser } from 'htmlparser2';
import { setHeading } from './markdown';
import { cutLong, type Passage } from './passage';

const unread = new Set(
  'script style noscript template svg math iframe object canvas audio video select textarea'.split(' '),
);
const blocks = new Set(
  `address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form header hr html li
  main nav ol p pre section summary table tbody tfoot thead tr ul`.split(/\s+/),
);
/** Deeper ones are read as text of the level above them. */
const deepest = 500;

/** What a browser would not show: a person who looked the page over has not seen it, so that nothing is answered from it. */
const isHidden = (attributes: Readonly<Record<string, string>>): boolean =>
  'hidden' in attributes ||
  attributes['aria-hidden'] === 'true' ||
  /(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![\d.]*[1-9])|opacity\s*:\s*0(?![\d.]*[1-9]))/i.test(
    attributes['style'] ?? '',
  );

/** Passages of a page, one under each heading; cells of a table row are set apart by ` | `. */
export function htmlPassages(html: string): Passage[] {
  const reader = new PageReader();
  const parser = new Parser(reader.handler(), { decodeEntities: true });
  parser.write(html);
  parser.end();
  return reader.passages();
}

class PageReader {
  private readonly found: Passage[] = [];
  private readonly byDepth: string[] = [];
  /** Of each open element whether it is hidden in itself. */
  private readonly open: boolean[] = [];
  private hidden = 0;
  private text = '';
  private heading: { depth: number; before: string } | undefined;
  private preformatted = 0;

  handler() {
    return {
      onopentag: (name: string, attributes: Record<string, string>) => this.begin(name, attributes),
      onclosetag: (name: string) => this.end(name),
      ontext: (text: string) => this.add(text),
    };
  }

  passages(): Passage[] {
    this.flush();
    return this.found;
  }

  private begin(name: string, attributes: Record<string, string>): void {
    const hides = unread.has(name) || name === 'title' || isHidden(attributes);
    if (this.open.length < deepest) this.open.push(hides);
    if (hides) this.hidden++;
    if (name === 'br') this.text += '\n';
    else if (name === 'td' || name === 'th') this.text += this.text.endsWith('\n') || this.text === '' ? '' : ' | ';
    else if (name === 'li') this.text += '\n- ';
    else if (blocks.has(name)) this.text += name === 'tr' ? '\n' : '\n\n';
    if (name === 'pre') this.preformatted++;
    const depth = /^h([1-6])$/.exec(name)?.[1];
    if (depth !== undefined && this.hidden === 0 && !this.heading) {
      this.heading = { depth: Number(depth), before: this.text };
      this.text = '';
    }
  }

  private end(name: string): void {
    if (this.open.pop()) this.hidden--;
    if (name === 'pre') this.preformatted--;
    if (/^h[1-6]$/.test(name) && this.heading) this.endHeading(this.heading);
    else if (name !== 'li' && name !== 'tr' && blocks.has(name)) this.text += '\n\n';
  }

  private endHeading({ depth, before }: { depth: number; before: string }): void {
    const heading = this.text.replace(/\s+/g, ' ').trim();
    this.heading = undefined;
    this.text = before;
    this.flush();
    if (heading !== '') setHeading(this.byDepth, depth, heading);
  }

  private add(text: string): void {
    if (this.hidden > 0) return;
    this.text += this.preformatted > 0 ? text : text.replace(/\s+/g, ' ');
  }

  private flush(): void {
    const text = this.text.replace(/[ \t]*\n[ \t]*/g, '\n').replace(/\n{3,}/g, '\n\n');
    this.found.push(...cutLong({ headings: this.byDepth.filter((heading) => heading !== ''), text }));
    this.text = '';
  }
}
