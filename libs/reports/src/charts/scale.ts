/** Round values for an axis: multiples of 1, 2 or 5 times a power of ten, about `count` of them between the bounds, and never one alone. */
export function ticks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / count;
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const steps = [10, 5, 2, 1, 0.5, 0.2].map((factor) => factor * power);
  const usual = steps.findLastIndex((step) => step >= raw);
  const found = steps.slice(Math.max(usual, 0)).map((step) => multiples(step, low, high));
  return found.find((each) => each.length > 1) ?? found[0]!;
}

function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Maps one range onto another; a range without extent goes to the middle. */
export const linear =
  ([from, to]: readonly [number, number], [start, end]: readonly [number, number]) =>
  (value: number): number =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);

/** Positions in ascending ISO dates where a label goes: year or month starts, at most `most` of them. */
export function dateTicks(
  dates: readonly string[],
  most: number,
): { position: number; precision: 'year' | 'month' | 'day' }[] {
  for (const [precision, length] of [
    ['year', 4],
    ['month', 7],
  ] as const) {
    const starts = dates.flatMap((date, i) =>
      i > 0 && date.slice(0, length) !== dates[i - 1]!.slice(0, length) ? [i] : [],
    );
    if (starts.length < 3) continue;
    const every = Math.ceil(starts.length / most);
    return starts.filter((_, i) => i % every === 0).map((position) => ({ position, precision }));
  }
  const count = Math.min(dates.length, 3);
  return Array.from({ length: count }, (_, i) => ({
    position: count === 1 ? 0 : Math.round((i * (dates.length - 1)) / (count - 1)),
    precision: 'day',
  }));
}
