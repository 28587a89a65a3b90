import { Problem, type Accounts, type AnalysisWarning, type Transaction, type Unavailable } from '@stocktool/contracts';
import type { AssetPrices } from '../series/alignment';
import { dayNumber } from '../series/day-number';
import { accountDays, ImpossibleTransactions, type AccountDay } from './account-days';
import { growthRates } from './money-weighted';
import { sharePrices, type SharePrice } from './share-prices';

type AccountReturn = Accounts['timeWeighted'];

const daysPerYear = 365;
/** No trade of a day is this many times its close, or this part of it: the two count in other units. */
const farFromClose = 1.5;
const unavailable = (code: string, reason: string): Unavailable => ({ unavailable: { code, reason } });

/**
 * Returns of a real account from its transactions, from the first of them to the last date of the prices (at most `until`).
 * timeWeighted: valued at every close and linked, without the effect of when money came and went (`growthOf`).
 * modifiedDietz: (V - net flows) / (flows weighted by the share of the span that they were there), Dietz 1968.
 * moneyWeighted: XIRR, Act/365. Per year only from 365 days on; `unavailable` where there is no such return, or more than one.
 */
export function accountReturns(
  transactions: readonly Transaction[],
  series: readonly AssetPrices[],
  until: string | undefined,
  warnings: AnalysisWarning[],
): Accounts | Unavailable {
  try {
    const days = daysOf(transactions, series, until, warnings);
    const [first, last] = [days[0], days.at(-1)];
    if (!first || !last || days.length < 2)
      return unavailable('too-few-observations', 'The prices end before the day after the first transaction.');
    const span = dayNumber(last.date) - dayNumber(first.date);
    return {
      from: first.date,
      to: last.date,
      timeWeighted: timeWeighted(days, span),
      modifiedDietz: modifiedDietz(days, span),
      moneyWeighted: moneyWeighted(days, span),
    };
  } catch (error) {
    if (error instanceof ImpossibleTransactions) return unavailable('inconsistent-transactions', error.message);
    if (error instanceof Problem) return unavailable(error.code, error.message);
    throw error;
  }
}

function daysOf(
  transactions: readonly Transaction[],
  series: readonly AssetPrices[],
  until: string | undefined,
  warnings: AnalysisWarning[],
): AccountDay[] {
  const symbols = [...new Set(transactions.flatMap(({ symbol }) => symbol ?? []))];
  const prices = new Map<string, ReadonlyMap<string, SharePrice>>();
  const withoutClose: string[] = [];
  for (const symbol of symbols) {
    const found = series.find((each) => each.symbol === symbol);
    if (!found) throw new Problem('unknown-symbol', `No prices of ${symbol}, which the transactions name.`);
    const { byDate, adjusted } = sharePrices(found);
    if (adjusted) withoutClose.push(symbol);
    prices.set(symbol, byDate);
  }
  const path = 'portfolio.accounts';
  if (withoutClose.length > 0) {
    const message = `No raw close, adjusted closes stand for it and hold the dividends already: ${withoutClose.join(', ')}`;
    warnings.push({ code: 'close-missing', path, message });
  }
  const traded = transactions.map(({ date }) => date).sort();
  const priced = [...prices.values()].flatMap((byDate) => [...byDate.keys()]);
  const last = (priced.length > 0 ? priced : traded).reduce((late, date) => (date > late ? date : late), '');
  const end = until !== undefined && until < last ? until : last;
  const known = transactions.filter(({ date }) => date <= end);
  if (known.length < transactions.length) {
    const message = `${transactions.length - known.length} transactions after ${end}, the last day of prices or of the request, are left out`;
    warnings.push({ code: 'transactions-left-out', path, message });
  }
  const far = known.flatMap((each) => farTrade(each, prices));
  if (far.length > 0) {
    const more = far.length > 1 ? `, and ${far.length - 1} trades more` : '';
    const message = `${far[0]!}${more}: shares or prices of the transactions are not in the units of the series (a split, another currency?), and the returns of the account are wrong by it`;
    warnings.push({ code: 'trade-far-from-price', path, message });
  }
  const dates = new Set([...priced, ...traded].filter((date) => date >= traded[0]! && date <= end));
  return accountDays(known, [...dates].sort(), prices);
}

/** A trade whose price is far from the close of its day, in words. */
function farTrade(
  { type, symbol = '', quantity = 0, price, amount, date }: Transaction,
  prices: ReadonlyMap<string, ReadonlyMap<string, SharePrice>>,
): string[] {
  const close = prices.get(symbol)?.get(date)?.price;
  const paid = price ?? (amount === undefined ? undefined : amount / quantity);
  if ((type !== 'buy' && type !== 'sell') || close === undefined || paid === undefined) return [];
  const ratio = paid / close;
  if (ratio < farFromClose && ratio > 1 / farFromClose) return [];
  return [`${symbol} traded at ${short(paid)} on ${date}, its close is ${short(close)}`];
}

const short = (value: number): number => Number(value.toPrecision(6));

const returned = (total: number, span: number): AccountReturn => ({
  total,
  annualized: span >= daysPerYear ? Math.expm1(Math.log1p(total) * (daysPerYear / span)) : null,
});

function timeWeighted(days: readonly AccountDay[], span: number): AccountReturn {
  let total = 0;
  let before = 0;
  for (const day of days) {
    if (!(before + day.deposits > 0)) {
      if (day.value + day.withdrawals === 0) continue;
      return unavailable('no-capital', `On ${day.date} the account has worth that nothing was paid for.`);
    }
    total += (growthOf(day, before) - 1) * (1 + total);
    before = day.value;
  }
  return returned(total, span);
}

/**
 * Two stretches: what was there has its day, then deposits join it and go from the price that was paid to the close. A deposit that is large beside the
 * account, or a fall of it, distorts neither.
 */
function growthOf({ value, deposits, withdrawals, depositsAtClose }: AccountDay, before: number): number {
  const after = value + withdrawals;
  const held = after - depositsAtClose;
  return before > 0 && held > 0 ? (held / before) * (after / (held + deposits)) : after / (before + deposits);
}

function modifiedDietz(days: readonly AccountDay[], span: number): AccountReturn {
  let [net, invested] = [0, 0];
  for (const { date, deposits, withdrawals } of days) {
    const flow = deposits - withdrawals;
    net += flow;
    invested += flow * (1 - (dayNumber(date) - dayNumber(days[0]!.date)) / span);
  }
  if (!(invested > 0))
    return unavailable('no-capital', 'On average over the span no money was in the account: it has no Dietz return.');
  const total = (days.at(-1)!.value - net) / invested;
  if (total < -1) return unavailable('no-capital', 'The average money in the account is less than what was lost.');
  return returned(total, span);
}

function moneyWeighted(days: readonly AccountDay[], span: number): AccountReturn {
  const first = dayNumber(days[0]!.date);
  const flows = days.map(({ date, deposits, withdrawals }) => ({
    at: (dayNumber(date) - first) / span,
    amount: withdrawals - deposits,
  }));
  flows.push({ at: 1, amount: days.at(-1)!.value });
  const found = growthRates(flows);
  if (found.kind === 'one') return returned(Math.expm1(found.rate), span);
  if (found.kind === 'none') return unavailable('no-rate', found.reason);
  const rates = found.rates.map((rate) => `${(100 * Math.expm1((rate * daysPerYear) / span)).toPrecision(4)} %`);
  return unavailable('several-rates', `More than one yearly rate fits these flows: ${rates.join(', ')}.`);
}
