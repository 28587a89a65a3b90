import type { SymbolMatch } from '@stocktool/contracts';

/** Where the offline model looks up what "Apple" or "the S&P 500" is called. The market data layer has both methods. */
export interface SymbolDirectory {
  /** What the source can list by itself; may be cached by whoever provides it. */
  universe(): Promise<readonly SymbolMatch[]>;
  search(query: string, limit: number): Promise<readonly SymbolMatch[]>;
}

/** Everyday names that a catalogue does not list. Only those whose symbol the directory knows are used. */
const everydayNames: Readonly<Record<string, readonly string[]>> = {
  '^GSPC': ['s&p 500', 's&p500', 's&p', 'sp500', 'sp 500', 'spx', 'the market', 'stock market', 'the index'],
  BAC: ['bofa'],
  BBY: ['bestbuy'],
  FB: ['meta', 'meta platforms'],
  GE: ['general electric'],
  GOOG: ['alphabet', 'googl'],
  JNJ: ['johnson & johnson', 'johnson and johnson', 'j&j'],
  JPM: ['jpmorgan', 'jp morgan', 'j.p. morgan', 'jpmorgan chase', 'jp morgan chase'],
  KO: ['coca-cola', 'coca cola', 'coke'],
  LLY: ['eli lilly', 'lilly'],
  PEP: ['pepsi', 'pepsico'],
  PG: ['procter & gamble', 'procter and gamble', 'procter gamble', 'p&g'],
  UNH: ['unitedhealth', 'united health', 'unitedhealth group'],
  WMT: ['walmart', 'wal-mart'],
  XOM: ['exxon', 'exxonmobil', 'exxon mobil'],
  HD: ['home depot'],
  IBM: ['international business machines', 'big blue'],
  MTUM: ['momentum factor'],
  QUAL: ['quality factor'],
  SIZE: ['size factor'],
  USMV: ['minimum volatility', 'min vol'],
  VLUE: ['value factor'],
};

/** Words that end a company's name in a catalogue but not in people's mouths. */
const legalForms = /\b(inc|corp|corporation|company|co|plc|ltd|group|holdings)\b\.?/g;

const spoken = (name: string): string =>
  name
    .toLowerCase()
    .replace(legalForms, ' ')
    .replace(/[.,]+(?=\s|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Every name a symbol goes by, in lower case: the catalogue's, what it has in brackets, everyday names. */
export function namesOf({ symbol, name }: Pick<SymbolMatch, 'symbol' | 'name'>): string[] {
  const bracketed = [...name.matchAll(/\(([^)]+)\)/g)].map(([, inner]) => spoken(inner ?? ''));
  const plain = spoken(name.replace(/\([^)]*\)/g, ' '));
  return [...new Set([plain, ...bracketed, ...(everydayNames[symbol] ?? [])])].filter((text) => text.length > 1);
}
