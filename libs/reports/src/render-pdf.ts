import { compose } from './document/compose';
import { writeSection } from './pdf/blocks';
import { Sheet } from './pdf/sheet';
import type { ReportInput } from './report-input';

const footAt = 808;
const small = { size: 7.5, colour: 'muted' } as const;

/**
 * The report as a PDF of A4 pages: the texts and drawings of the page, selectable, with bookmarks, links to the definitions
 * and a structure for screen readers. Its date is that of the analysis: the same input gives the same bytes.
 */
export async function renderPdf(input: ReportInput): Promise<Uint8Array> {
  const { title, lead, facts, disclaimer, sections, closing } = compose(input);
  const sheet = new Sheet(`${title}: ${lead}`, new Date(input.finishedAt));
  const bytes = collect(sheet.pdf);
  sheet.paragraph(title, { size: 20, bold: true }, 'H1', 4);
  sheet.paragraph(lead, { size: 10.5 });
  sheet.paragraph(facts, { size: 8.5, colour: 'muted' });
  sheet.paragraph(closing, { size: 8.5, colour: 'muted' });
  sheet.paragraph(disclaimer, { size: 8.5, bold: true });
  for (const section of sections) writeSection(sheet, section);
  sheet.y += 12;
  sheet.paragraph(disclaimer, { size: 8.5, bold: true });
  writeFeet(sheet, `${title} \u00b7 ${input.result.window.from} to ${input.result.window.to}`);
  sheet.pdf.end();
  return bytes;
}

/** The foot of every page: which report, which page of how many. */
function writeFeet(sheet: Sheet, title: string): void {
  const { count } = sheet.pdf.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    sheet.pdf.switchToPage(page);
    const place = `Page ${page + 1} of ${count}`;
    sheet.ornament(() => {
      sheet.write(title, sheet.left, footAt, small);
      sheet.write(place, sheet.left + sheet.width - sheet.widthOf(place, small), footAt, small);
    });
  }
}

function collect(pdf: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}
