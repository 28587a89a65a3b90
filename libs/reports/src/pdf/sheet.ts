import PDFDocument from 'pdfkit';
import { light } from '../charts/palette';
import type { Term } from '../document/report-document';
import { fonts } from './fonts';
import { printable } from './text';

type Structure = PDFKit.PDFStructureElement;
export type Colour = keyof typeof light;

export interface Letters {
  size: number;
  bold?: boolean;
  colour?: Colour;
}

const [pageWidth, pageHeight] = [595.28, 841.89];
const [side, top, bottom] = [48, 52, 56];
const lineSpacing = 1.28;

/** Pages that fill from the top; every text and drawing has a place in the structure that screen readers follow. */
export class Sheet {
  readonly left = side;
  readonly width = pageWidth - 2 * side;
  readonly pageRoom = pageHeight - top - bottom;
  /** Where the next thing goes. */
  y = top;
  readonly pdf: PDFKit.PDFDocument;
  private readonly root: Structure;

  constructor(title: string, date: Date) {
    this.pdf = new PDFDocument({
      size: 'A4',
      margin: 0,
      bufferPages: true,
      pdfVersion: '1.7',
      tagged: true,
      lang: 'en',
      displayTitle: true,
      info: { Title: printable(title), Author: 'StockTool', CreationDate: date, ModDate: date },
    });
    this.root = this.pdf.struct('Document');
    this.pdf.addStructure(this.root);
  }

  get room(): number {
    return pageHeight - bottom - this.y;
  }

  /** Begins a page where so much does not fit on this one. */
  need(height: number): void {
    if (height > this.room && this.y > top) this.turn();
  }

  turn(): void {
    this.pdf.addPage();
    this.y = top;
  }

  /** An element of the structure, under another or under the document. */
  element(type: string, parent: Structure = this.root, options: { alt?: string } = {}): Structure {
    const made = this.pdf.struct(type, options);
    parent.add(made);
    return made;
  }

  /** What is drawn here is the content of the element; it must stay on this page. */
  fill(element: Structure, draw: () => void): void {
    element.add(draw);
    element.end();
  }

  /** Lines and grounds that say nothing. */
  ornament(draw: () => void): void {
    this.pdf.markContent('Artifact', { type: 'Layout' });
    draw();
    this.pdf.endMarkedContent();
  }

  widthOf(text: string, { size, bold }: Letters): number {
    this.pdf.font(bold ? fonts.bold : fonts.plain, size);
    return this.pdf.widthOfString(printable(text));
  }

  /** One line; `y` is its top. */
  write(text: string, x: number, y: number, { size, bold, colour = 'ink' }: Letters): void {
    this.pdf.font(bold ? fonts.bold : fonts.plain, size).fillColor(light[colour]);
    this.pdf.text(printable(text), x, y, { lineBreak: false });
  }

  /** The text broken into lines of at most this width; a word that is longer is cut. */
  linesOf(text: string, width: number, letters: Letters): string[] {
    const lines: string[] = [];
    let line = '';
    const words = printable(text)
      .split(' ')
      .flatMap((word) => this.cut(word, width, letters));
    for (const word of words) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && this.widthOf(longer, letters) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  }

  /** Lines at a place; gives the height they take. */
  writeLines(lines: readonly string[], x: number, y: number, letters: Letters): number {
    lines.forEach((line, i) => this.write(line, x, y + i * this.lineHeight(letters), letters));
    return lines.length * this.lineHeight(letters);
  }

  lineHeight = ({ size }: Letters): number => size * lineSpacing;

  /** A paragraph over the whole width at the cursor. */
  paragraph(text: string, letters: Letters, type = 'P', after = 4): void {
    const lines = this.linesOf(text, this.width, letters);
    this.need(lines.length * this.lineHeight(letters));
    this.fill(this.element(type), () => this.writeLines(lines, this.left, this.y, letters));
    this.y += lines.length * this.lineHeight(letters) + after;
  }

  /** Leads to the definition. */
  link(term: Term | undefined, x: number, y: number, width: number, height: number): void {
    if (term) this.pdf.goTo(x, y, width, height, term.id, { Contents: new String(printable(term.text)) as string });
  }

  private cut(word: string, width: number, letters: Letters): string[] {
    if (this.widthOf(word, letters) <= width) return [word];
    let kept = word.length - 1;
    while (kept > 1 && this.widthOf(word.slice(0, kept), letters) > width) kept--;
    return [word.slice(0, kept), ...this.cut(word.slice(kept), width, letters)];
  }
}
