const newYorkDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

const sunday = 0;
const monday = 1;
const thursday = 4;
const saturday = 6;
const millisecondsPerDay = 86_400_000;
const firstJuneteenth = 2022;
const firstMartinLutherKing = 1998;

/** The calendar date in New York, ISO. */
export const dayInNewYork = (instant: Date): string => newYorkDay.format(instant);

/**
 * Whether the New York Stock Exchange opens on a date, by the rules of its Rule 7.2: weekends and its ten holidays, a holiday on
 * a Saturday kept on the Friday before and one on a Sunday on the Monday after; New Year's Day is not moved back into the old
 * year. Closures for mourning or storms are not known here.
 */
export function isTradingDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  const weekday = day.getUTCDay();
  if (weekday === sunday || weekday === saturday) return false;
  return !holidays(day.getUTCFullYear()).includes(date);
}

function holidays(year: number): string[] {
  const fixed = [[12, 25], [7, 4], ...(year >= firstJuneteenth ? [[6, 19]] : [])] as [number, number][];
  return [
    newYear(year),
    ...(year >= firstMartinLutherKing ? [nthWeekday(year, 1, monday, 3)] : []),
    nthWeekday(year, 2, monday, 3),
    goodFriday(year),
    lastMonday(year, 5),
    ...fixed.map(([month, day]) => observed(utc(year, month, day))),
    nthWeekday(year, 9, monday, 1),
    nthWeekday(year, 11, thursday, 4),
  ];
}

const utc = (year: number, month: number, day: number): Date => new Date(Date.UTC(year, month - 1, day));
const iso = (day: Date): string => day.toISOString().slice(0, 10);
const plusDays = (day: Date, days: number): Date => new Date(day.getTime() + days * millisecondsPerDay);

function observed(day: Date): string {
  const weekday = day.getUTCDay();
  return iso(plusDays(day, weekday === saturday ? -1 : weekday === sunday ? 1 : 0));
}

function newYear(year: number): string {
  const day = utc(year, 1, 1);
  return iso(plusDays(day, day.getUTCDay() === sunday ? 1 : 0));
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): string {
  const first = utc(year, month, 1);
  return iso(plusDays(first, ((weekday - first.getUTCDay() + 7) % 7) + (nth - 1) * 7));
}

function lastMonday(year: number, month: number): string {
  const last = plusDays(utc(year, month + 1, 1), -1);
  return iso(plusDays(last, -((last.getUTCDay() - monday + 7) % 7)));
}

/** Two days before Easter Sunday by the Gregorian computus (Meeus, Jones, Butcher: "Anonymous Gregorian algorithm"). */
function goodFriday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  return iso(plusDays(utc(year, month, day), -2));
}
