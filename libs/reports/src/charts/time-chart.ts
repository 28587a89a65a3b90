import { day, monthAndYear } from '../format';
import { isNarrow, lineOf, segment, type Chart, type Point, type Shape, type Tone } from './drawing';
import { frame, type Tick } from './frame';
import { dateTicks } from './scale';

export interface TimeLine {
  tone: Tone;
  /** One for each date; null leaves a gap. */
  values: readonly (number | null)[];
  /** Filled to zero. */
  filled?: true;
}

export interface TimeChart extends Omit<Chart, 'draw'> {
  dates: readonly string[];
  /** Drawn in order, the last on top. */
  lines: readonly TimeLine[];
  label: (value: number) => string;
  /** Of the wide drawing. */
  height?: number;
  /** A level that is marked across. */
  level?: number;
}

const labels = { year: (date: string) => date.slice(0, 4), month: monthAndYear, day };
/** More points than pixels are only bytes. */
const mostPoints = 480;

/** Lines or areas over dates. */
export function timeChart({ dates, lines, label, height = 300, level, ...about }: TimeChart): Chart {
  const shown = thinned(dates, lines);
  const times = shown.dates.map((date) => Date.parse(date));
  const values = shown.lines.flatMap((line) => line.values.filter((value) => value !== null));
  const levels = [...(level === undefined ? [] : [level]), ...(lines.some(({ filled }) => filled) ? [0] : [])];
  const [from, to] = [Math.min(...values, ...levels), Math.max(...values, ...levels)];
  return {
    ...about,
    draw: (width) =>
      frame({
        width,
        height: isNarrow(width) ? Math.round(height * 0.8) : height,
        x: { from: times[0]!, to: times.at(-1)!, ticks: ticksOf(shown.dates, times, isNarrow(width) ? 5 : 11) },
        y: { from, to, label },
        plot: (place, { left, right }) => [
          ...(level === undefined ? [] : [levelLine(place(times[0]!, level)[1], left, right)]),
          ...shown.lines.flatMap((line) => segments(line, (i, value) => place(times[i]!, value))),
        ],
      }),
  };
}

const levelLine = (y: number, left: number, right: number): Shape =>
  segment([left, y], [right, y], 'muted', { dash: [4, 3] });

function ticksOf(dates: readonly string[], times: readonly number[], most: number): Tick[] {
  return dateTicks(dates, most).map(({ position, precision }, i, all) => ({
    value: times[position]!,
    label: labels[precision](dates[position]!),
    anchor: precision !== 'day' ? 'middle' : i === 0 ? 'start' : i === all.length - 1 ? 'end' : 'middle',
  }));
}

/** A line for every run without gaps. */
function segments({ tone, values, filled }: TimeLine, place: (i: number, value: number) => Point): Shape[] {
  const runs: number[][] = [[]];
  values.forEach((value, i) => (value === null ? runs.push([]) : runs.at(-1)!.push(i)));
  return runs
    .filter((run) => run.length > 0)
    .flatMap((run): Shape[] => {
      const points = run.map((i) => place(i, values[i]!));
      const line = lineOf(points, tone, { width: tone === 'own' ? 2 : 1.5 });
      if (!filled) return [line];
      const outline = [...points, place(run.at(-1)!, 0), place(run[0]!, 0)];
      return [{ kind: 'area', points: outline, tone, opacity: 0.16 }, line];
    });
}

/** Evenly thinned; of each stretch the value furthest from zero stays, so that no peak is lost from the picture. */
function thinned(dates: readonly string[], lines: readonly TimeLine[]) {
  const step = Math.ceil(dates.length / mostPoints);
  if (step === 1) return { dates, lines };
  const starts = Array.from({ length: Math.ceil(dates.length / step) }, (_, i) => i * step);
  const furthest = (values: TimeLine['values'], start: number) =>
    values
      .slice(start, start + step)
      .reduce(
        (kept, value) => (value !== null && Math.abs(value) > Math.abs(kept ?? 0) ? value : kept),
        values[start]!,
      );
  return {
    dates: [...starts.slice(0, -1).map((start) => dates[start]!), dates.at(-1)!],
    lines: lines.map((line) => ({
      ...line,
      values: [...starts.slice(0, -1).map((start) => furthest(line.values, start)), line.values.at(-1)!],
    })),
  };
}
