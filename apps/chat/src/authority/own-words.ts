/** Long enough to say something; "Apple has a beta of 2" is a question about a sentence. */
const leastQuoted = 30;
const within = (open: string, close: string): RegExp =>
  new RegExp(String.raw`${open}[\s\S]{${leastQuoted},}${close}`, 'g');
/** From the first mark to the last: what is quoted may hold marks itself. */
const quotations = [/```[\s\S]*?(?:```|$)/g, /^[ \t]*>.*$/gm, within('"', '"'), within('“', '”'), within('«', '»')];

/** What somebody quotes, a mail they were sent say, is not what they say. */
export function ownWords(message: string): { readonly text: string; readonly quotes: boolean } {
  const text = quotations.reduce((rest, pattern) => rest.replace(pattern, ' '), message);
  return { text, quotes: text !== message };
}
