/**
 * Falls of the US market, each from the highest close of the S&P 500 in the span named to the lowest close after it. Those of 2000,
 * 2007, 2020 and 2022 are the bear markets of S&P Dow Jones Indices' table with its dates; all follow from the bundled ^GSPC by
 * the rule, which the test of this file applies. 2015-08 is August alone: its highest close is the day before the Chinese
 * devaluation of 11 August.
 */
export const historicalWindows = [
  { scenario: '2000-02 dot-com crash', from: '2000-03-24', to: '2002-10-09', span: ['2000-01-01', '2002-12-31'] },
  { scenario: '2008-09 financial crisis', from: '2007-10-09', to: '2009-03-09', span: ['2007-01-01', '2009-12-31'] },
  {
    scenario: '2011 euro and US debt crisis',
    from: '2011-04-29',
    to: '2011-10-03',
    span: ['2011-01-01', '2011-12-31'],
  },
  { scenario: '2015-08 Chinese devaluation', from: '2015-08-10', to: '2015-08-25', span: ['2015-08-01', '2015-08-31'] },
  { scenario: '2018Q4 sell-off', from: '2018-09-20', to: '2018-12-24', span: ['2018-09-01', '2018-12-31'] },
  { scenario: '2020-03 pandemic crash', from: '2020-02-19', to: '2020-03-23', span: ['2020-01-01', '2020-03-31'] },
  {
    scenario: '2022 inflation and rate rises',
    from: '2022-01-03',
    to: '2022-10-12',
    span: ['2022-01-01', '2022-12-31'],
  },
] as const;

export type HistoricalWindow = Pick<(typeof historicalWindows)[number], 'scenario' | 'from' | 'to'>;
