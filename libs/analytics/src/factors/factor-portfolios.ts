/**
 * Funds that stand for the style factors of equities: US stocks tilted to one property each, as index providers build them
 * (MSCI USA momentum, quality, size, minimum volatility, value).
 */
export const factorPortfolios = [
  { symbol: 'MTUM', factor: 'momentum' },
  { symbol: 'QUAL', factor: 'quality' },
  { symbol: 'SIZE', factor: 'size' },
  { symbol: 'USMV', factor: 'minimum volatility' },
  { symbol: 'VLUE', factor: 'value' },
] as const;
