import { day, monthAndYear } from '../format';
import { markup, type Markup } from '../markup';
import { dateTicks, linear, pixel, ticks } from './scale';

export interface TimeChart {
  /** Unique in the document. */
  id: string;
  title: string;
  description: string;
  dates: readonly string[];
  /** Drawn in order, the last on top; `area` fills to zero. */
  lines: { className: string; values: readonly number[]; area?: boolean }[];
  label: (value: number) => string;
}

interface Size {
  width: number;
  height: number;
  className: string;
}

/** Text in an SVG shrinks with the drawing, so phones get a drawing of their own and not a smaller one. */
const sizes: Size[] = [
  { width: 760, height: 300, className: 'wide' },
  { width: 350, height: 240, className: 'narrow' },
];

const margin = { top: 12, right: 12, bottom: 28, left: 52 };
const labels = { year: (date: string) => date.slice(0, 4), month: monthAndYear, day };

/** A line or area chart over dates with labelled axes, once for wide and once for narrow screens. */
export const timeChart = (chart: TimeChart): Markup => markup`${sizes.map((size) => drawing(chart, size))}`;

function drawing(chart: TimeChart, { width, height, className }: Size): Markup {
  const times = chart.dates.map((date) => Date.parse(date));
  const values = chart.lines.flatMap(({ values: own, area }) => (area ? [...own, 0] : own));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.04;
  const x = linear([times[0]!, times.at(-1)!], [margin.left, width - margin.right]);
  const bottom = height - margin.bottom;
  const y = linear([low === 0 ? 0 : low - room, high === 0 ? 0 : high + room], [bottom, margin.top]);
  const points = (own: readonly number[]) =>
    own.map((value, i) => `${pixel(x(times[i]!))} ${pixel(y(value))}`).join('L');
  const line = ({ className: name, values: own, area }: TimeChart['lines'][number]) => {
    const path = `M${points(own)}`;
    const zero = pixel(y(0));
    const closed = `${path}L${pixel(x(times.at(-1)!))} ${zero}L${pixel(x(times[0]!))} ${zero}Z`;
    return markup`${area && markup`<path class="area ${name}" d="${closed}"/>`}<path class="line ${name}" d="${path}"/>`;
  };
  const id = `${chart.id}-${className}`;
  return markup`<svg class="chart ${className}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${chart.title}</title><desc id="${id}-desc">${chart.description}</desc>
${ticks(low, high, 5).map(
  (value) =>
    markup`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${pixel(y(value))}" y2="${pixel(y(value))}"/><text x="${margin.left - 8}" y="${pixel(y(value) + 4)}" text-anchor="end">${chart.label(value)}</text>`,
)}
${dateTicks(chart.dates, className === 'wide' ? 11 : 5).map(({ position, precision }, i, all) => {
  const at = x(times[position]!);
  const anchor = precision !== 'day' ? 'middle' : i === 0 ? 'start' : i === all.length - 1 ? 'end' : 'middle';
  return markup`<line class="tick" x1="${pixel(at)}" x2="${pixel(at)}" y1="${bottom}" y2="${bottom + 5}"/><text x="${pixel(at)}" y="${bottom + 19}" text-anchor="${anchor}">${labels[precision](chart.dates[position]!)}</text>`;
})}
<line class="axis" x1="${margin.left}" x2="${width - margin.right}" y1="${bottom}" y2="${bottom}"/>
${chart.lines.map(line)}</svg>`;
}
