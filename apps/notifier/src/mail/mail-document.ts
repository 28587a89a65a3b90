/** What a mail says, once: both its HTML and its text are made from it. */
export type MailBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'figures'; readonly figures: readonly MailFigure[] }
  | { readonly kind: 'notice'; readonly title: string; readonly text: string }
  | { readonly kind: 'button'; readonly label: string; readonly url: string }
  | { readonly kind: 'code'; readonly label: string; readonly text: string };

export interface MailFigure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly tone?: 'good' | 'bad';
}

export interface MailDocument {
  readonly subject: string;
  /** Shown by mail programs beside the subject. */
  readonly preview: string;
  readonly heading: string;
  readonly blocks: readonly MailBlock[];
  /** Why this mail came and how to stop it. */
  readonly footer: string;
}

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export const renderMail = (document: MailDocument): RenderedMail => ({
  subject: document.subject,
  html: htmlOf(document),
  text: textOf(document),
});

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

const font = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const ink = { text: '#1c2733', soft: '#5b6b7c', line: '#e3e8ee', brand: '#0f2a4a', accent: '#1d63d8' };
const tones = { good: '#12784a', bad: '#b3261e' };

/** Tables and inline styles only: that is what mail programs agree on. */
function htmlOf({ preview, heading, blocks, footer, subject }: MailDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escape(subject)}</title>
<style>@media (max-width:520px){.figure{display:block!important;width:auto!important;border-left:0!important}.pad{padding-left:22px!important;padding-right:22px!important}}</style>
</head>
<body style="margin:0;padding:0;background:#eef2f6;${font};color:${ink.text}">
<div style="display:none;max-height:0;overflow:hidden;opacity:0">${escape(preview)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#eef2f6"><tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border:1px solid ${ink.line};border-radius:10px;border-collapse:separate;overflow:hidden">
<tr><td class="pad" style="background:${ink.brand};padding:18px 36px;color:#ffffff;font-size:17px;font-weight:600;letter-spacing:.2px">StockTool</td></tr>
<tr><td class="pad" style="padding:34px 36px 26px">
<h1 style="margin:0 0 16px;font-size:23px;line-height:30px;font-weight:650;color:${ink.brand}">${escape(heading)}</h1>
${blocks.map(htmlOfBlock).join('\n')}
</td></tr>
<tr><td class="pad" style="border-top:1px solid ${ink.line};padding:18px 36px 22px;font-size:12px;line-height:18px;color:${ink.soft}">${linked(footer)}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

function htmlOfBlock(block: MailBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p style="margin:0 0 18px;font-size:15px;line-height:23px">${escape(block.text)}</p>`;
    case 'figures':
      return htmlOfFigures(block.figures);
    case 'notice':
      return (
        `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 20px"><tr>` +
        `<td style="background:#fdf2f1;border-left:4px solid ${tones.bad};border-radius:4px;padding:14px 18px;font-size:15px;line-height:22px">` +
        `<strong>${escape(block.title)}</strong><br>${escape(block.text)}</td></tr></table>`
      );
    case 'button':
      return (
        `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:6px 0 20px"><tr><td style="background:${ink.accent};border-radius:6px">` +
        `<a href="${escape(block.url)}" style="display:inline-block;padding:12px 24px;font-size:15px;font-weight:600;color:#ffffff;text-decoration:none">${escape(block.label)}</a>` +
        `</td></tr></table>`
      );
    case 'code':
      return (
        `<p style="margin:0 0 6px;font-size:13px;line-height:19px;color:${ink.soft}">${escape(block.label)}</p>` +
        `<p style="margin:0 0 18px;padding:10px 14px;background:#f4f6f9;border:1px solid ${ink.line};border-radius:6px;` +
        `font-family:Consolas,Menlo,monospace;font-size:13px;line-height:19px;word-break:break-all">${escape(block.text)}</p>`
      );
  }
}

/** The first figure large and across, the others two in a row. */
function htmlOfFigures([first, ...others]: readonly MailFigure[]): string {
  if (!first) return '';
  const cell = (figure: MailFigure, style: string, size: string) =>
    `<td class="figure" style="${style}padding:14px 18px;vertical-align:top">` +
    `<div style="font-size:12px;line-height:16px;letter-spacing:.4px;text-transform:uppercase;color:${ink.soft}">${escape(figure.label)}</div>` +
    `<div style="font-size:${size};line-height:1.35;font-weight:650;color:${figure.tone ? tones[figure.tone] : ink.text};font-variant-numeric:tabular-nums">${escape(figure.value)}</div>` +
    `<div style="font-size:12px;line-height:17px;color:${ink.soft}">${escape(figure.note)}</div></td>`;
  const edge = `1px solid ${ink.line}`;
  const rows: string[] = [];
  for (let i = 0; i < others.length; i += 2) {
    const cells = others
      .slice(i, i + 2)
      .map((figure, j) =>
        cell(figure, `width:50%;border-top:${edge};${j === 1 ? `border-left:${edge};` : ''}`, '20px'),
      );
    rows.push(`<tr>${cells.join('')}</tr>`);
  }
  return (
    `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:2px 0 22px;border:${edge};border-radius:8px;border-collapse:separate">` +
    `<tr>${cell(first, 'background:#f7f9fc;border-radius:8px 8px 0 0;', '32px').replace('<td', '<td colspan="2"')}</tr>${rows.join('')}</table>`
  );
}

const linked = (text: string): string =>
  escape(text).replace(/https?:\/\/[^\s<]+[\w/]/g, (url) => `<a href="${url}" style="color:${ink.soft}">${url}</a>`);

function textOf({ heading, blocks, footer }: MailDocument): string {
  return `${[heading, ...blocks.map(textOfBlock), `-- \n${footer}`].join('\n\n')}\n`;
}

function textOfBlock(block: MailBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return block.text;
    case 'figures':
      return block.figures.map(({ label, value, note }) => `${label}: ${value} (${note})`).join('\n');
    case 'notice':
      return `${block.title}\n${block.text}`;
    case 'button':
      return `${block.label}: ${block.url}`;
    case 'code':
      return `${block.label}\n${block.text}`;
  }
}
