/** Code points outside Latin-1 that WinAnsi, the encoding of the built-in fonts, has. */
const alsoThere = new Set(
  '\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178',
);

const substitutes: Record<string, string> = {
  '\u2212': '\u2013', // minus: the en dash is as wide as a digit
  '\u2265': '>=',
  '\u2264': '<=',
  '\u221a': 'sqrt',
  '\u03c3': 'sigma',
  '\u03b2': 'beta',
  '\u03b1': 'alpha',
  '\u2192': '->',
  '\u0141': 'L',
  '\u0142': 'l',
};

const known = (character: string): boolean => {
  const code = character.codePointAt(0)!;
  return (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff) || alsoThere.has(character);
};

function encodable(character: string): string {
  if (known(character)) return character;
  const substitute = substitutes[character];
  if (substitute !== undefined) return substitute;
  if (/\s/.test(character)) return ' ';
  if (/\p{C}|\p{M}/u.test(character)) return '';
  const plain = character.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain !== '' && [...plain].every(known) ? plain : '?';
}

/** A text in the characters of the built-in fonts: others without their accents, or as a question mark. */
export const printable = (text: string): string => [...text.normalize('NFC')].map(encodable).join('');
