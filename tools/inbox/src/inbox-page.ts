import type { Letter } from './inbox';

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>
  :root { color-scheme: light dark; --line: light-dark(#d9dee5, #333a44); --quiet: light-dark(#5b6675, #9aa5b4); }
  body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem; font: 16px/1.5 system-ui, sans-serif; }
  table { width: 100%; border-collapse: collapse; }
  td, th { text-align: left; padding: 0.5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
  th, .quiet { color: var(--quiet); font-weight: normal; }
  iframe { width: 100%; height: 70vh; border: 1px solid var(--line); border-radius: 8px; background: #fff; }
  @media (max-width: 40rem) { .wide { display: none; } }
</style>
</head>
<body>
${body}
</body>
</html>
`;

export function inboxPage(letters: readonly Letter[]): string {
  const rows = letters
    .toReversed()
    .map(
      ({ id, receivedAt, to, subject }) =>
        `<tr><td><a href="/${id}">${escape(subject)}</a></td><td class="wide">${escape(to.join(', '))}</td><td class="quiet">${receivedAt.slice(0, 19).replace('T', ' ')}</td></tr>`,
    )
    .join('\n');
  const table =
    rows === ''
      ? '<p class="quiet">No mail yet. Letters that the system sends appear here; reload the page to see new ones.</p>'
      : `<table><thead><tr><th>Subject</th><th class="wide">To</th><th>Received (UTC)</th></tr></thead><tbody>${rows}</tbody></table>`;
  return page(
    'Inbox',
    `<h1>Inbox</h1><p class="quiet">Mail of this machine's StockTool. Nothing leaves the machine.</p>${table}`,
  );
}

export const messagePage = ({ id, subject, from, to, receivedAt, html, text }: Letter): string =>
  page(
    subject,
    `<p><a href="/">← Inbox</a></p><h1>${escape(subject)}</h1>
<p class="quiet">From ${escape(from)} to ${escape(to.join(', '))}, ${receivedAt.slice(0, 19).replace('T', ' ')} UTC</p>
${html === '' ? `<pre>${escape(text)}</pre>` : `<iframe src="/${id}/body" sandbox="" title="The letter"></iframe>`}`,
  );
