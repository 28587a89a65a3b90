/** Text that is HTML already: made by `markup`, which escapes what came from outside, or from a constant of ours. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = Markup | string | number | undefined | null | false | readonly Piece[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!);

function textOf(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (piece === undefined || piece === null || piece === false) return '';
  return typeof piece === 'object' ? piece.map(textOf).join('') : escapeText(String(piece));
}

/** Template tag for HTML and SVG: every inserted string is escaped, in text and in quoted attributes; markup goes in as it is. */
export const markup = (parts: TemplateStringsArray, ...pieces: Piece[]): Markup =>
  new Markup(parts.map((part, i) => part + (i < pieces.length ? textOf(pieces[i]) : '')).join(''));
