import { percentText, shareText } from '../format';
import { isNarrow, roomFor, type Chart, type Point, type Shape, type Tone } from './drawing';
import { frame, type Edges } from './frame';
import { ticks } from './scale';

export interface FrontierPoint {
  name: string;
  volatility: number;
  return: number;
}

export interface Frontier {
  line: readonly Omit<FrontierPoint, 'name'>[];
  optimal: readonly FrontierPoint[];
  assets: readonly FrontierPoint[];
  portfolio: FrontierPoint;
}

/** Expected return against volatility: the frontier, the holdings, the optimal portfolios and the portfolio itself. */
export function frontierChart({ line, optimal, assets, portfolio }: Frontier): Chart {
  const marks = [...optimal, ...assets, portfolio];
  const all = [...line, ...marks];
  const [most, lowest, highest] = [
    Math.max(...all.map(({ volatility }) => volatility)),
    Math.min(0, ...all.map((point) => point.return)),
    Math.max(...all.map((point) => point.return)),
  ];
  const least = Math.max(0, Math.min(...all.map(({ volatility }) => volatility)) - most * 0.08);
  const told = (point: FrontierPoint) => `${point.name} returns ${percentText(point.return)} at a volatility of ${percentText(point.volatility)}`; // prettier-ignore
  return {
    id: 'frontier',
    title: 'Efficient frontier and the portfolio',
    description: `${[portfolio, ...optimal].map(told).join('; ')}.`,
    legend: [
      { tone: 'own', text: 'efficient frontier' },
      { tone: 'loss', text: 'this portfolio' },
      { tone: 'market', text: 'optimal portfolios' },
      { tone: 'muted', text: 'single holdings' },
    ],
    draw: (width) =>
      frame({
        width,
        height: isNarrow(width) ? 300 : 360,
        x: {
          from: least,
          to: most * 1.04,
          name: 'volatility per year',
          ticks: ticks(least, most * 1.04, isNarrow(width) ? 4 : 8).map((value) => ({
            value,
            label: shareText(value),
          })),
        },
        y: { from: lowest, to: highest, label: shareText, name: 'expected return per year' },
        plot: (place, edges) => {
          const at = (point: Omit<FrontierPoint, 'name'>): Point => place(point.volatility, point.return);
          const dot = (tone: Tone, radius: number) => (point: FrontierPoint): Shape => ({ kind: 'dot', at: at(point), radius, tone, hint: told(point) }); // prettier-ignore
          const labelled = [
            { ...portfolio, tone: 'loss' as const },
            ...optimal.map((point) => ({ ...point, tone: 'market' as const })),
            ...assets.map((point) => ({ ...point, tone: 'muted' as const })),
          ].map(({ name, tone, ...point }) => ({ name, tone, at: at({ ...point }) }));
          return [
            { kind: 'line', points: line.map(at), tone: 'own', width: 2 },
            ...assets.map(dot('muted', 3)),
            ...optimal.map(dot('market', 4.5)),
            dot('loss', 6)(portfolio),
            ...nameDots(labelled, line.map(at), edges),
          ];
        },
      }),
  };
}

interface Label {
  name: string;
  tone: Tone;
  at: Point;
}

const size = 11;

/** Each name right, left, above or below its dot, where no earlier one stands; without room it is left to the hover. */
function nameDots(labels: readonly Label[], line: readonly Point[], { left, right, top, bottom }: Edges): Shape[] {
  const around = ([x, y]: Point, radius: number) => ({ x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius }); // prettier-ignore
  const taken = [...labels.map(({ at }) => around(at, 4)), ...line.map((at) => around(at, 1))];
  return labels.flatMap(({ name, tone, at: [x, y] }): Shape[] => {
    const width = roomFor(name, size);
    const places = [
      [x + 9, y + 4],
      [x - 9 - width, y + 4],
      [x - width / 2, y - 9],
      [x - width / 2, y + 17],
      [x + 6, y + 18],
      [x - 6 - width, y - 10],
      [x + 14, y + 30],
      [x - 14 - width, y - 22],
    ] as const;
    const own = (box: (typeof taken)[number]) => Math.abs(box.x + 4 - x) < 0.01 && Math.abs(box.y + 4 - y) < 0.01;
    const free = places
      .map(([at, base]) => ({ x: at, y: base - size, width, height: size + 2 }))
      .find(
        (box) =>
          box.x >= left &&
          box.x + width <= right &&
          box.y >= top &&
          box.y + box.height <= bottom &&
          !taken.some((other) => !own(other) && box.x < other.x + other.width && other.x < box.x + box.width && box.y < other.y + other.height && other.y < box.y + box.height), // prettier-ignore
      );
    if (!free) return [];
    taken.push(free);
    return [{ kind: 'text', at: [free.x, free.y + size], text: name, tone: tone === 'muted' ? 'muted' : 'ink', size, ...(tone === 'loss' && { bold: true }) }]; // prettier-ignore
  });
}
