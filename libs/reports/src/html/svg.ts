import type { Chart, Point, Shape } from '../charts/drawing';
import { markup, type Markup } from './markup';

const [wide, narrow] = [760, 350];

/** Coordinates to a tenth of a pixel: finer is only bytes. */
const pixel = (value: number): string => String(Math.round(value * 10) / 10);
const pointsOf = (points: readonly Point[]): string => points.map(([x, y]) => `${pixel(x)},${pixel(y)}`).join(' ');

/** A chart once for wide and once for narrow screens; style sheets show one of them. */
export const svgOf = (chart: Chart): Markup =>
  markup`${drawing(chart, 'wide', wide)}${drawing(chart, 'narrow', narrow)}`;

function drawing(chart: Chart, className: string, at: number): Markup {
  const { width, height, shapes } = chart.draw(at);
  const id = `${chart.id}-${className}`;
  return markup`<svg class="chart ${className}" viewBox="0 0 ${width} ${pixel(height)}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${chart.title}</title><desc id="${id}-desc">${chart.description}</desc>
${shapes.map(shapeOf)}</svg>`;
}

function shapeOf(shape: Shape): Markup {
  switch (shape.kind) {
    case 'line':
      return markup`<polyline class="line ${shape.tone}" points="${pointsOf(shape.points)}"${shape.width !== 1 && markup` stroke-width="${shape.width}"`}${shape.dash && markup` stroke-dasharray="${shape.dash.join(' ')}"`}/>`;
    case 'area':
      return markup`<polygon class="${shape.tone}" opacity="${shape.opacity}" points="${pointsOf(shape.points)}"/>`;
    case 'box':
      return markup`<rect class="${shape.tone}" x="${pixel(shape.x)}" y="${pixel(shape.y)}" width="${pixel(shape.width)}" height="${pixel(shape.height)}"${shape.radius !== undefined && markup` rx="${shape.radius}"`}${shape.opacity !== undefined && markup` opacity="${String(Math.round(shape.opacity * 100) / 100)}"`}>${hint(shape.hint)}</rect>`;
    case 'dot':
      return markup`<circle class="${shape.tone}" cx="${pixel(shape.at[0])}" cy="${pixel(shape.at[1])}" r="${shape.radius}">${hint(shape.hint)}</circle>`;
    case 'text':
      return textOf(shape);
  }
}

const hint = (text: string | undefined) => text !== undefined && markup`<title>${text}</title>`;

function textOf({ at, text, tone, anchor, bold, size, upwards }: Extract<Shape, { kind: 'text' }>): Markup {
  const [x, y] = [pixel(at[0]), pixel(at[1])];
  return markup`<text class="${tone}${bold && ' bold'}" x="${x}" y="${y}"${anchor && anchor !== 'start' && markup` text-anchor="${anchor}"`}${size !== undefined && size !== 12 && markup` font-size="${pixel(size)}"`}${upwards && markup` transform="rotate(-90 ${x} ${y})"`}>${text}</text>`;
}
