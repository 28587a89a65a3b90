import type { MonteCarlo } from '@stocktool/contracts';
import { ratioText } from '../format';
import { isNarrow, type Chart, type Shape } from './drawing';
import { frame } from './frame';
import { ticks } from './scale';

/** How the wealth of the simulated paths spreads over the horizon. */
export function fanChart({ fan, terminal, horizonDays }: MonteCarlo): Chart {
  const last = Math.max(...fan.map(({ day }) => day));
  const [from, to] = [Math.min(1, ...fan.map(({ p5 }) => p5)), Math.max(1, ...fan.map(({ p95 }) => p95))];
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
        x: {
          from: 0,
          to: last,
          name: 'trading days',
          ticks: ticks(0, last, isNarrow(width) ? 4 : 8).map((value) => ({ value, label: String(value) })),
        },
        y: { from, to, label: ratioText },
        plot: (place, { left, right }): Shape[] => {
          const line = (quantile: 'p5' | 'p25' | 'p50' | 'p75' | 'p95') =>
            fan.map((row) => place(row.day, row[quantile]));
          const start = place(0, 1)[1];
          return [
            { kind: 'area', points: [...line('p5'), ...line('p95').reverse()], tone: 'other', opacity: 0.16 },
            { kind: 'area', points: [...line('p25'), ...line('p75').reverse()], tone: 'own', opacity: 0.26 },
            { kind: 'line', points: [[left, start], [right, start]], tone: 'muted', width: 1, dash: [4, 3] }, // prettier-ignore
            { kind: 'line', points: line('p50'), tone: 'own', width: 2 },
          ];
        },
      }),
  };
}
