const stopWords = new Set(
  `a about an and any are as at be been but by can could did do does for from had has have how i if in into is it its
  many me mean meaning happen happens happened means much my no not of on one or other our should so some such tell than that the their them then
  there these they this those to too up us use used was we were what when where which while who why will with would you
  your explain please give show`.split(/\s+/),
);

/** Words and numbers, `s&p` and `r-squared` in one piece of their own as well as in parts. */
export function tokenize(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:[&'.][\p{L}\p{N}]+)*/gu) ?? [];
  return words.map((word) => word.replace(/'s$/, ''));
}

/** The index term of a word: lower case, light stemming, null for a stop word. */
export function termOf(word: string): string | null {
  const lower = word.toLowerCase();
  if (stopWords.has(lower) || (lower.length < 2 && !/\d/.test(lower))) return null;
  return stem(lower);
}

/** Light stemming: plural, -ing, -ed, -ly and British or American -ise; enough for questions, gentle to terms of the field. */
function stem(word: string): string {
  let root = word;
  if (root.length > 4 && root.endsWith('ies')) root = `${root.slice(0, -3)}y`;
  else if (root.length > 4 && /(ss|sh|ch|x)es$/.test(root)) root = root.slice(0, -2);
  else if (root.length > 3 && /[^su]s$/.test(root)) root = root.slice(0, -1);
  root = root.replace(/i[sz](e|ed|ing|ation)$/, 'is');
  root = root.replace(/(ation|ator)$/, 'at').replace(/ified$|ify$|ification$|ifying$/, 'if');
  if (root.length > 5) root = root.replace(/(?:ing|ed|ly)$/, '');
  return root.length > 4 ? root.replace(/e$/, '').replace(/([bdgmnprt])\1$/, '$1') : root;
}
