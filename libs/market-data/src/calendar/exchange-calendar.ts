import { closedWeekdays, earlyCloses, tabled } from './us-sessions';

/** One day of trading in New York, by its date there. */
export interface Session {
  readonly date: string;
  readonly open: Date;
  readonly close: Date;
}

const millisecondsPerDay = 86_400_000;
const regularOpen = '09:30';
const regularClose = '16:00';
const newYorkDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' });
const newYorkHour = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hour: 'numeric',
  hourCycle: 'h23',
});

/** The last date that the table of sessions knows; after it, and before 1990, every weekday counts as a regular session. */
export const lastTabledDate = `${tabled.last}-12-31`;

const closedDates = datesOf(closedWeekdays);
const earlyCloseOf = new Map(
  Object.entries(earlyCloses).flatMap(([time, days]) => [...datesOf(days)].map((date) => [date, time] as const)),
);

function datesOf(byYear: Readonly<Record<number, string>>): Set<string> {
  return new Set(Object.entries(byYear).flatMap(([year, days]) => days.split(' ').map((day) => `${year}-${day}`)));
}

/** The calendar date in New York, ISO. */
export const dayInNewYork = (instant: Date): string => newYorkDay.format(instant);

/** Whether the US exchanges (NYSE, Nasdaq) trade on a date. */
export function isTradingDay(date: string): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !closedDates.has(date);
}

/** The session of a date; undefined when there is none. Half days end when they do. */
export const sessionOn = (date: string): Session | undefined =>
  isTradingDay(date) ? { date, open: inNewYork(date, regularOpen), close: closeOf(date) } : undefined;

/** The close of the US exchanges on a date as an instant; the regular one, 16:00 in New York, where there is no session. */
export const closeOf = (date: string): Date => inNewYork(date, earlyCloseOf.get(date) ?? regularClose);

/** The last session that had closed by an instant. */
export function lastClosed(instant: Date): Session {
  for (let day = dayInNewYork(instant); ; day = nextDay(day, -1)) {
    const session = sessionOn(day);
    if (session && session.close <= instant) return session;
  }
}

/** Whether a session is under way, and when the next one begins and the next close is. At its close a session is over. */
export function marketHours(instant: Date): { session: 'open' | 'closed'; nextOpen: Date; nextClose: Date } {
  const upcoming: Session[] = [];
  for (let day = dayInNewYork(instant); upcoming.length < 2; day = nextDay(day, 1)) {
    const session = sessionOn(day);
    if (session && session.close > instant) upcoming.push(session);
  }
  const [current, following] = upcoming as [Session, Session];
  const isOpen = current.open <= instant;
  return {
    session: isOpen ? 'open' : 'closed',
    nextOpen: (isOpen ? following : current).open,
    nextClose: current.close,
  };
}

/** The last instant that belongs to a date in UTC: after every close of that date. */
export const endOf = (date: string): Date => new Date(`${date}T23:59:59.999Z`);

const nextDay = (date: string, step: 1 | -1): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + step * millisecondsPerDay).toISOString().slice(0, 10);

/** A local time of trading hours as an instant. The clocks change at night, so noon's offset is the day's. */
function inNewYork(date: string, time: string): Date {
  const winterNoon = new Date(`${date}T17:00:00Z`);
  const offset = newYorkHour.format(winterNoon) === '12' ? '-05:00' : '-04:00';
  return new Date(`${date}T${time}:00${offset}`);
}
