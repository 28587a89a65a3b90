/** Words before "portfolio" that are no name of one. */
const ordinary =
  /^(?:whole|own|current|present|entire|stock|equity|existing|total|investment|model|balanced|diversified|equal(?:ly)?[\s-]weighted|\d.*)$/i;
const called = /\bportfolio\s+(?:called|named)\s+["“']?(?<name>[\p{L}\p{N}][\p{L}\p{N} &'-]{0,60}?)["”']?(?=[.,?!;]|$|\s+(?:if|when|since|from|in|for)\b)/iu; // prettier-ignore
const owned = /\bmy\s+["“]?(?<name>(?:(?!(?:my|in|from|of|out|on|to)\b)[\p{L}\p{N}][\p{L}\p{N}&'-]*["”]?\s+){1,5})portfolio\b/iu; // prettier-ignore

/** "my Retirement portfolio", "the portfolio called Growth": what its owner calls it. */
export function portfolioNameIn(text: string): string | undefined {
  const name = (called.exec(text) ?? owned.exec(text))?.groups?.['name']?.replace(/["”]\s*$/, '').trim();
  return name === undefined || ordinary.test(name) ? undefined : name;
}

/** Not named: the tool takes the only one there is, or says which there are. */
export const isOwnPortfolio = (text: string): boolean =>
  /\bmy\s+(?:whole\s+|entire\s+|own\s+|current\s+)?portfolio\b/i.test(text);
