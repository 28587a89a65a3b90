import { shareText } from '../format';
import { roomFor, type Chart, type Shape } from './drawing';
import { linear } from './scale';

export interface WeightPanel {
  name: string;
  /** In the order of the symbols. `band`: 5 % and 95 % over redrawn returns. */
  weights: readonly { weight: number; band?: { p5: number; p95: number } | undefined }[];
}

const [rowHeight, titleHeight, panelGap, leastPanel] = [17, 24, 16, 150];

/** Small charts side by side, one for each way to optimise: a bar for each weight, a whisker for its band. */
export function weightPanels(symbols: readonly string[], panels: readonly WeightPanel[]): Chart {
  const told = panels.map(({ name, weights }) => {
    const held = weights.map(({ weight }, i) => ({ weight, symbol: symbols[i]! })).filter(({ weight }) => weight >= 0.005); // prettier-ignore
    return `${name}: ${held.map(({ symbol, weight }) => `${symbol} ${shareText(weight)}`).join(', ')}.`;
  });
  const banded = panels.some(({ weights }) => weights.some(({ band }) => band));
  return {
    id: 'weights',
    title: 'Weights of the optimal portfolios',
    description: told.join(' '),
    legend: [
      { tone: 'own', text: 'weight' },
      ...(banded ? [{ tone: 'market' as const, text: '90% of bootstrap draws' }] : []),
    ],
    draw: (width) => draw(symbols, panels, width),
  };
}

function draw(symbols: readonly string[], panels: readonly WeightPanel[], width: number) {
  const left = Math.max(...symbols.map((symbol) => roomFor(symbol))) + 10;
  const columns = Math.max(1, Math.min(4, panels.length, Math.floor((width - left) / leastPanel)));
  const panelWidth = (width - left) / columns;
  const bandHeight = titleHeight + symbols.length * rowHeight + panelGap;
  const most = Math.max(
    ...panels.flatMap(({ weights }) => weights.flatMap(({ weight, band }) => [weight, band?.p95 ?? 0])),
  );
  const least = Math.min(
    0,
    ...panels.flatMap(({ weights }) => weights.flatMap(({ weight, band }) => [weight, band?.p5 ?? 0])),
  );
  const lines = Math.ceil(panels.length / columns);
  const names = Array.from(
    { length: lines },
    (_, line) =>
    symbols.map((symbol, i): Shape => ({ kind: 'text', at: [0, line * bandHeight + titleHeight + i * rowHeight + 11], text: symbol, tone: 'ink' })), // prettier-ignore
  ).flat();
  const drawn = panels.flatMap((panel, k): Shape[] => {
    const [x0, y0] = [left + (k % columns) * panelWidth, Math.floor(k / columns) * bandHeight];
    const x = linear([least, most], [x0, x0 + panelWidth - 46]);
    const title: Shape = { kind: 'text', at: [x0, y0 + 13], text: panel.name, tone: 'ink', bold: true };
    const base: Shape = { kind: 'line', points: [[x(0), y0 + titleHeight - 3], [x(0), y0 + bandHeight - panelGap]], tone: 'muted', width: 1 }; // prettier-ignore
    return [
      title,
      ...panel.weights.flatMap((row, i) => weightBar(row, symbols[i]!, y0 + titleHeight + i * rowHeight)),
      base,
    ];
    function weightBar({ weight, band }: WeightPanel['weights'][number], symbol: string, y: number): Shape[] {
      const range = band && `, 5% to 95%: ${shareText(band.p5)} to ${shareText(band.p95)}`;
      const hint = `${panel.name}, ${symbol}: ${shareText(weight)}${range ?? ''}`;
      const [from, to] = [Math.min(x(0), x(weight)), Math.max(x(0), x(weight))];
      const end = Math.max(to, band ? x(band.p95) : 0);
      const whisker: Shape[] = band ? [
        { kind: 'line', points: [[x(band.p5), y + 7], [x(band.p95), y + 7]], tone: 'market', width: 1.5 },
        { kind: 'line', points: [[x(band.p5), y + 4], [x(band.p5), y + 10]], tone: 'market', width: 1.5 },
        { kind: 'line', points: [[x(band.p95), y + 4], [x(band.p95), y + 10]], tone: 'market', width: 1.5 },
      ] : []; // prettier-ignore
      return [
        { kind: 'box', x: from, y: y + 1, width: Math.max(to - from, 0.5), height: 12, tone: 'own', opacity: band ? 0.55 : 0.85, radius: 1.5, hint }, // prettier-ignore
        ...whisker,
        { kind: 'text', at: [end + 5, y + 11], text: rounded(weight), tone: 'muted', size: 11 },
      ];
    }
  });
  return { width, height: lines * bandHeight - panelGap + 4, shapes: [...names, ...drawn] };
}

const rounded = (weight: number): string => `${Math.round(weight * 100)}%`.replace('-', '\u2212');
