import type { MonteCarlo } from '@stocktool/contracts';
import { ratioText } from '../format';
import { isNarrow, lineOf, segment, type Chart, type Shape } from './drawing';
import { frame, type Axes } from './frame';
import { ticks } from './scale';

/** How the wealth of the simulated paths spreads over the horizon. */
export function fanChart({ fan, terminal, horizonDays }: MonteCarlo): Chart {
  const last = Math.max(...fan.map(({ day }) => day));
  const [from, to] = [Math.min(1, ...fan.map(({ p5 }) => p5)), Math.max(1, ...fan.map(({ p95 }) => p95))];
  const ticksFor = (count: number) => ticks(0, last, count).map((value) => ({ value, label: String(value) }));
  return {
    id: 'fan',
    title: 'Simulated wealth over the horizon',
    description: `After ${horizonDays} trading days the middle path stands at ${ratioText(terminal.p50)}; nine of ten lie between ${ratioText(terminal.p5)} and ${ratioText(terminal.p95)}, half between ${ratioText(terminal.p25)} and ${ratioText(terminal.p75)}.`,
    legend: [
      { tone: 'own', text: 'median' },
      { tone: 'own', text: '50% of paths', faint: true },
      { tone: 'other', text: '90% of paths', faint: true },
    ],
    draw: (width) =>
      frame({
        width,
        height: isNarrow(width) ? 260 : 320,
        x: { from: 0, to: last, name: 'trading days', ticks: ticksFor(isNarrow(width) ? 4 : 8) },
        y: { from, to, label: ratioText },
        plot: bands(fan),
      }),
  };
}

const bands =
  (fan: MonteCarlo['fan']): Axes['plot'] =>
  (place, { left, right }): Shape[] => {
    const path = (quantile: 'p5' | 'p25' | 'p50' | 'p75' | 'p95') => fan.map((row) => place(row.day, row[quantile]));
    const start = place(0, 1)[1];
    return [
      { kind: 'area', points: [...path('p5'), ...path('p95').reverse()], tone: 'other', opacity: 0.16 },
      { kind: 'area', points: [...path('p25'), ...path('p75').reverse()], tone: 'own', opacity: 0.26 },
      segment([left, start], [right, start], 'muted', { dash: [4, 3] }),
      lineOf(path('p50'), 'own', { width: 2 }),
    ];
  };
