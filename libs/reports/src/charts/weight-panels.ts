import { shareText } from '../format';
import { roomFor, segment, textAt, type Chart, type Drawing, type Point, type Shape } from './drawing';
import { linear } from './scale';

interface Weight {
  weight: number;
  /** 5 % and 95 % over redrawn returns. */
  band?: { p5: number; p95: number } | undefined;
}

export interface WeightPanel {
  name: string;
  /** In the order of the symbols. */
  weights: readonly Weight[];
}

const [rowHeight, titleHeight, panelGap, leastPanel, figureRoom] = [17, 24, 16, 150, 46];
const leastTold = 0.005;

/** Small charts side by side, one for each way to optimise: a bar for each weight, a whisker for its band. */
export function weightPanels(symbols: readonly string[], panels: readonly WeightPanel[]): Chart {
  const told = panels.map(({ name, weights }) => {
    const held = weights.flatMap(({ weight }, i) => (weight < leastTold ? [] : [`${symbols[i]} ${shareText(weight)}`]));
    return `${name}: ${held.join(', ')}.`;
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
    draw: (width) => drawing(symbols, panels, width),
  };
}

function drawing(symbols: readonly string[], panels: readonly WeightPanel[], width: number): Drawing {
  const left = Math.max(...symbols.map((symbol) => roomFor(symbol))) + 10;
  const columns = Math.max(1, Math.min(4, panels.length, Math.floor((width - left) / leastPanel)));
  const panelWidth = (width - left) / columns;
  const panelHeight = titleHeight + symbols.length * rowHeight + panelGap;
  const lines = Math.ceil(panels.length / columns);
  const extent = extentOf(panels);
  const names = Array.from({ length: lines }, (_, line) =>
    symbols.map((symbol, i) => textAt([0, line * panelHeight + rowTop(i) + 11], symbol, 'ink')),
  );
  const drawn = panels.map((panel, k) => {
    const [x0, y0] = [left + (k % columns) * panelWidth, Math.floor(k / columns) * panelHeight];
    const x = linear(extent, [x0, x0 + panelWidth - figureRoom]);
    const axis = segment([x(0), y0 + titleHeight - 3], [x(0), y0 + panelHeight - panelGap], 'muted');
    const rows = panel.weights.flatMap((row, i) => weightBar(row, `${panel.name}, ${symbols[i]}`, x, y0 + rowTop(i)));
    return [textAt([x0, y0 + 13], panel.name, 'ink', { bold: true }), ...rows, axis];
  });
  return { width, height: lines * panelHeight - panelGap + 4, shapes: [...names.flat(), ...drawn.flat()] };
}

const rowTop = (row: number): number => titleHeight + row * rowHeight;

function extentOf(panels: readonly WeightPanel[]): [number, number] {
  const all = panels.flatMap(({ weights }) => weights);
  const ends = all.flatMap(({ weight, band }) => [weight, ...(band ? [band.p5, band.p95] : [])]);
  return [Math.min(0, ...ends), Math.max(...ends)];
}

function weightBar({ weight, band }: Weight, name: string, x: (value: number) => number, y: number): Shape[] {
  const range = band ? `, 5% to 95%: ${shareText(band.p5)} to ${shareText(band.p95)}` : '';
  const hint = `${name}: ${shareText(weight)}${range}`;
  const [from, to] = [Math.min(x(0), x(weight)), Math.max(x(0), x(weight))];
  const figureAt = Math.max(to, band ? x(band.p95) : 0) + 5;
  const opacity = band ? 0.55 : 0.85;
  const width = Math.max(to - from, 0.5);
  return [
    { kind: 'box', x: from, y: y + 1, width, height: 12, tone: 'own', opacity, radius: 1.5, hint },
    ...(band ? whisker(x(band.p5), x(band.p95), y) : []),
    textAt([figureAt, y + 11], rounded(weight), 'muted', { size: 11 }),
  ];
}

function whisker(from: number, to: number, y: number): Shape[] {
  const stroke = (start: Point, end: Point) => segment(start, end, 'market', { width: 1.5 });
  return [stroke([from, y + 7], [to, y + 7]), stroke([from, y + 4], [from, y + 10]), stroke([to, y + 4], [to, y + 10])];
}

const rounded = (weight: number): string => `${Math.round(weight * 100)}%`.replace('-', '\u2212');
