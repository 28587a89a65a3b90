import { percentText, shareText } from '../format';
import { isNarrow, lineOf, type Chart, type Point, type Shape, type Tone } from './drawing';
import { frame, type Axes } from './frame';
import { nameDots } from './dot-names';
import { ticks } from './scale';

interface Place {
  volatility: number;
  return: number;
}

export interface FrontierPoint extends Place {
  name: string;
}

export interface Frontier {
  line: readonly Place[];
  optimal: readonly FrontierPoint[];
  assets: readonly FrontierPoint[];
  portfolio: FrontierPoint;
}

const told = (point: FrontierPoint): string =>
  `${point.name} returns ${percentText(point.return)} at a volatility of ${percentText(point.volatility)}`;

/** Expected return against volatility: the frontier, the holdings, the optimal portfolios and the portfolio itself. */
export function frontierChart(frontier: Frontier): Chart {
  const { line, optimal, assets, portfolio } = frontier;
  const all = [...line, ...optimal, ...assets, portfolio];
  const [risks, returns] = [all.map(({ volatility }) => volatility), all.map((point) => point.return)];
  const to = Math.max(...risks) * 1.04;
  const from = Math.max(0, Math.min(...risks) - to * 0.08);
  const ticksFor = (count: number) => ticks(from, to, count).map((value) => ({ value, label: shareText(value) }));
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
        x: { from, to, name: 'volatility per year', ticks: ticksFor(isNarrow(width) ? 4 : 8) },
        y: {
          from: Math.min(0, ...returns),
          to: Math.max(...returns),
          label: shareText,
          name: 'expected return per year',
        },
        plot: pointsOf(frontier),
      }),
  };
}

/** What matters most is drawn last, and named first. */
const pointsOf =
  ({ line, optimal, assets, portfolio }: Frontier): Axes['plot'] =>
  (place, edges): Shape[] => {
    const at = (point: Place): Point => place(point.volatility, point.return);
    const dots = (points: readonly FrontierPoint[], tone: Tone, radius: number) =>
      points.map((point) => ({
        kind: 'dot' as const,
        at: at(point),
        radius,
        tone,
        hint: told(point),
        name: point.name,
      }));
    const layers = [dots([portfolio], 'loss', 6), dots(optimal, 'market', 4.5), dots(assets, 'muted', 3)];
    const curve = line.map(at);
    return [
      lineOf(curve, 'own', { width: 2 }),
      ...layers
        .toReversed()
        .flat()
        .map(({ name: _, ...dot }) => dot),
      ...nameDots(layers.flat(), curve, edges),
    ];
  };
