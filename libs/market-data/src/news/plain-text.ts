const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
/** Feeds hold escaped HTML, which may hold escaped text again. */
const layers = 3;

/** What a reader of HTML sees, as one line without markup: for text from outside. At most `maxLength` characters. */
export function plainText(markup: string, maxLength: number): string {
  let text = markup.slice(0, 20 * maxLength);
  for (let layer = 0; layer < layers; layer++) {
    const next = decoded(withoutTags(text));
    if (next === text) break;
    text = next;
  }
  const line = withoutTags(text)
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).trimEnd()}…`;
}

const withoutTags = (html: string): string =>
  html
    .replace(/<(script|style)\b[^<>]*>[^]*?(<\/\1\s*>|$)/gi, ' ')
    .replace(/<!--[^]*?(-->|$)/g, ' ')
    .replace(/<[a-z/!?][^<>]*>/gi, ' ');

const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name: string | undefined) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : ' ';
  });
