const digit = (date: string, at: number): number => date.charCodeAt(at) - 48;

/** Days since 1970-01-01 of an ISO date, as Date.parse has it and many times faster (the proleptic Gregorian calendar, counted from a 1 March). */
export function dayNumber(date: string): number {
  const year = 1000 * digit(date, 0) + 100 * digit(date, 1) + 10 * digit(date, 2) + digit(date, 3);
  const month = 10 * digit(date, 5) + digit(date, 6);
  const day = 10 * digit(date, 8) + digit(date, 9);
  const shifted = month > 2 ? year : year - 1;
  const days = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    365 * shifted + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + days - 719_468
  );
}
