/** Letters in a row, some six words: as many are in no answer by chance. */
const runLength = 32;

interface Forms {
  readonly letters: ReadonlySet<string>;
  readonly characters: ReadonlySet<string>;
}

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);
const lettersOf = (text: string): string =>
  (isAscii(text) ? text : text.normalize('NFKD')).replace(/[^a-z]/gi, '').toLowerCase();
const charactersOf = (text: string): string => text.replace(/[^a-z0-9]/gi, '');
const reversed = (text: string): string => [...text].reverse().join('');
const rot13 = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));

function runsOf(texts: readonly string[]): Set<string> {
  const runs = new Set<string>();
  for (const text of texts)
    for (let start = 0; start + runLength <= text.length; start++) runs.add(text.slice(start, start + runLength));
  return runs;
}

/** A text as it is, backwards, by words backwards, in the commonest cipher, and in the codes that a model knows by heart. */
function formsOf(text: string): Forms {
  const letters = lettersOf(text);
  const bytes = Buffer.from(text);
  const codes = [0, 1, 2].map((skipped) => charactersOf(bytes.subarray(skipped).toString('base64')));
  const runs = runsOf([letters, reversed(letters), lettersOf(text.split(' ').reverse().join(' ')), rot13(letters)]);
  for (const run of runsOf(ordinary.map(lettersOf))) runs.delete(run);
  return {
    letters: runs,
    characters: runsOf([...codes, bytes.toString('hex'), bytes.toString('hex').toUpperCase()]),
  };
}

/** What an assistant says of itself in any case: no sign that somebody asked for its instructions. */
const ordinary = [
  'You are the assistant of StockTool, for questions about companies, funds, indexes and portfolios',
  'Give no investment advice and no predictions',
];

let made: { readonly text: string; readonly forms: Forms } | undefined;

/** The system prompt changes once a day. */
function keptForms(text: string): Forms {
  if (made?.text !== text) made = { text, forms: formsOf(text) };
  return made.forms;
}

/**
 * Notices a text that a model repeats, whatever stands between its letters. There is nothing secret in the system prompt: what a filter
 * cannot see, a translation say, tells nothing that could be used. It is noticed because whoever asks for it wants to get round it.
 */
export class LeakGate {
  private readonly forms: Forms;
  private letters = '';
  private characters = '';
  private found = false;

  constructor(text: string) {
    this.forms = keptForms(text);
  }

  get leaked(): boolean {
    return this.found;
  }

  /** The piece, or nothing from the one on that makes the run whole. */
  push(text: string): string {
    this.letters += lettersOf(text);
    this.characters += charactersOf(text);
    this.found ||= holds(this.letters, this.forms.letters) || holds(this.characters, this.forms.characters);
    this.letters = this.letters.slice(1 - runLength);
    this.characters = this.characters.slice(1 - runLength);
    return this.found ? '' : text;
  }
}

function holds(text: string, runs: ReadonlySet<string>): boolean {
  for (let start = 0; start + runLength <= text.length; start++)
    if (runs.has(text.slice(start, start + runLength))) return true;
  return false;
}
