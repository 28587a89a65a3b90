import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BundledSource } from '../bundled-source';
import { dayInNewYork, isTradingDay, lastClosed, lastTabledDate, marketHours, sessionOn } from './exchange-calendar';
import { PriceAge } from './price-age';

// reference/sessions/sessions.json: pandas_market_calendars, kept apart from the source of the table (generate.py, versions inside)
const reference = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../reference/sessions/sessions.json'), 'utf8'),
) as { perYear: Record<string, number>; sessions: [string, string][] };
const dataDir = path.resolve(import.meta.dirname, '../../../../data');

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = Date.parse(from); day <= Date.parse(to); day += 86_400_000)
    days.push(new Date(day).toISOString().slice(0, 10));
  return days;
}
const minute = (instant: Date | undefined) => instant?.toISOString().replace(':00.000Z', 'Z');

describe('the sessions of the US exchanges', () => {
  it('are the days on which the S&P 500 was quoted from 1990 to 2022, closures that no rule foresees among them', async () => {
    const source = await BundledSource.open(dataDir);
    const { dates } = (await source.history('^GSPC'))!;
    expect(daysBetween(dates[0]!, dates.at(-1)!).filter(isTradingDay)).toEqual(dates);
  });

  it.each(Object.entries(reference.perYear))('are as many in %s as another calendar has: %i', (year, count) =>
    expect(daysBetween(`${year}-01-01`, `${year}-12-31`).filter(isTradingDay)).toHaveLength(count),
  );

  it('open and close at the instants of another calendar, on half days and around each change of the clocks', () => {
    const wrong = reference.sessions.filter(([open, close]) => {
      const session = sessionOn(open.slice(0, 10));
      return minute(session?.open) !== open || minute(session?.close) !== close;
    });
    expect(wrong).toEqual([]);
    expect(reference.sessions.length).toBeGreaterThan(800);
  });

  it('are tabled for two more years at least: make the table again when this fails', () => {
    expect(lastTabledDate > `${new Date().getUTCFullYear() + 2}`).toBe(true);
  });

  it('are the weekdays where the table has ended', () => {
    expect([isTradingDay('2040-12-25'), isTradingDay('2040-12-29'), isTradingDay('1989-07-04')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(minute(sessionOn('2040-07-02')?.close)).toBe('2040-07-02T20:00Z');
  });
});

describe('market hours', () => {
  it.each([
    ['before the open', '2022-12-28T14:29:59Z', 'closed', '2022-12-28T14:30Z', '2022-12-28T21:00Z'],
    ['at the open', '2022-12-28T14:30:00Z', 'open', '2022-12-29T14:30Z', '2022-12-28T21:00Z'],
    ['at the close', '2022-12-28T21:00:00Z', 'closed', '2022-12-29T14:30Z', '2022-12-29T21:00Z'],
    ['on a half day', '2026-11-27T17:59:59Z', 'open', '2026-11-30T14:30Z', '2026-11-27T18:00Z'],
    ['after a half day', '2026-11-27T18:00:00Z', 'closed', '2026-11-30T14:30Z', '2026-11-30T21:00Z'],
    ['on a holiday', '2026-07-03T16:00:00Z', 'closed', '2026-07-06T13:30Z', '2026-07-06T20:00Z'],
    ['after the clocks went forward', '2026-03-09T13:30:00Z', 'open', '2026-03-10T13:30Z', '2026-03-09T20:00Z'],
  ])('%s', (_, at, session, nextOpen, nextClose) => {
    const hours = marketHours(new Date(at));
    expect([hours.session, minute(hours.nextOpen), minute(hours.nextClose)]).toEqual([session, nextOpen, nextClose]);
  });

  it('know the session that closed last', () => {
    expect(lastClosed(new Date('2001-09-17T12:00:00Z')).date).toBe('2001-09-10');
    expect(lastClosed(new Date('2022-12-28T21:00:00Z')).date).toBe('2022-12-28');
    expect(lastClosed(new Date('2022-12-28T20:59:59Z')).date).toBe('2022-12-27');
  });

  it('have the date of New York, where midnight comes later than in London', () =>
    expect(dayInNewYork(new Date('2026-03-10T02:00:00Z'))).toBe('2026-03-09'));
});

describe('the age of a price', () => {
  const friday = Date.parse('2026-09-04T20:00:00Z'); // before Labor Day
  it.each([
    ['over a long weekend', '2026-09-08T19:59:59Z', false],
    ['while the next close may still be on its way', '2026-09-08T21:59:59Z', false],
    ['once a later session has closed', '2026-09-08T22:00:00Z', true],
    ['back at an earlier clock', '2026-09-05T12:00:00Z', false],
    ['ten days on', '2026-09-14T12:00:00Z', true],
  ])('%s', (_, now, outdated) => {
    const age = new PriceAge();
    expect(age.isOutdated(friday, Date.parse('2026-09-06T12:00:00Z'))).toBe(false);
    expect(age.isOutdated(friday, Date.parse(now))).toBe(outdated);
  });

  it('is that of its session, also for a price from the middle of the day', () => {
    const noon = Date.parse('2026-09-08T16:00:00Z');
    expect(new PriceAge().isOutdated(noon, Date.parse('2026-09-09T19:00:00Z'))).toBe(false);
    expect(new PriceAge().isOutdated(noon, Date.parse('2026-09-09T22:00:00Z'))).toBe(true);
  });
});
