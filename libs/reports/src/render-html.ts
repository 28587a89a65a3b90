import { compose } from './document/compose';
import { sectionOf } from './html/blocks';
import { markup, Markup } from './html/markup';
import { style } from './html/style';
import type { ReportInput } from './report-input';

/** A second lock beside the escaping: nothing runs and nothing is loaded, wherever the file is opened. */
const contentPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The report as one HTML file that needs nothing else: styles and charts are inline, no script, nothing is loaded. Every text
 * from outside (symbols, sources, messages) is escaped.
 */
export function renderHtml(input: ReportInput): string {
  const { title, lead, facts, disclaimer, sections, closing } = compose(input);
  const contents = sections.map((section) => markup`<li><a href="#${section.id}">${section.title}</a></li>`);
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">
<title>${title}: ${lead}</title><style>${new Markup(style)}</style></head>
<body><main><header><h1>${title}</h1>
<p class="lead">${lead}</p>
<p class="note">${facts}</p>
<p class="note"><strong>${disclaimer}</strong></p>
<nav aria-label="Sections"><ol>${contents}</ol></nav></header>
${sections.map(sectionOf)}<footer><p><strong>${disclaimer}</strong></p><p>${closing}</p></footer></main></body></html>
`;
  return page.text;
}
