const newYorkHour = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hour: 'numeric',
  hourCycle: 'h23',
});
const newYork = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  weekday: 'short',
  hour: 'numeric',
  minute: 'numeric',
  hourCycle: 'h23',
});

/** The regular close of the US exchanges on a date, 16:00 in New York, as an instant. Half days are not known here. */
export function closeOf(date: string): Date {
  const inSummer = new Date(`${date}T20:00:00.000Z`);
  return newYorkHour.format(inSummer) === '16' ? inSummer : new Date(`${date}T21:00:00.000Z`);
}

/** The last instant that belongs to a date in New York or anywhere east of it; enough to compare closes with. */
export const endOf = (date: string): Date => new Date(`${date}T23:59:59.999Z`);

/** Regular hours, 09:30 up to and without 16:00 on weekdays; exchange holidays are not known here. */
export function sessionAt(instant: Date): 'open' | 'closed' {
  const parts = new Map(newYork.formatToParts(instant).map(({ type, value }) => [type, value]));
  const minutes = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  const weekend = ['Sat', 'Sun'].includes(parts.get('weekday') ?? '');
  return !weekend && minutes >= 9 * 60 + 30 && minutes < 16 * 60 ? 'open' : 'closed';
}
