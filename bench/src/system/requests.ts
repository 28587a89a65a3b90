const symbols = 'AAPL AMD BAC BBY CVX GE HD JNJ JPM KO LLY MRK MSFT PEP PFE PG RRC UNH WMT XOM'.split(' ');

/** The first so many bundled stocks, equal weights, ten years. */
export const decadeOf = (count: number) => ({
  holdings: symbols.slice(0, count).map((symbol) => ({ symbol, weight: 1 / count })),
  from: '2013-01-02',
  to: '2022-12-28',
});
