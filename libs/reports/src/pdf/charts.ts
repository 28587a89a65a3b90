import type { Chart, Drawing, Shape } from '../charts/drawing';
import { light } from '../charts/palette';
import { fonts } from './fonts';
import type { Sheet } from './sheet';
import { printable } from './text';

/** The width of the drawing that goes onto paper: its texts become about 8 points. */
const drawnWidth = 760;
const legendHeight = 14;

export const chartHeight = (sheet: Sheet, chart: Chart): number => placed(sheet, chart).height;

function placed(sheet: Sheet, chart: Chart) {
  const drawing = chart.draw(drawnWidth);
  const legend = chart.legend.length > 0 ? legendHeight : 0;
  const scale = Math.min(sheet.width / drawing.width, (sheet.pageRoom - legend - 60) / drawing.height);
  return { drawing, scale, legend, height: drawing.height * scale + legend + 12 };
}

/** The same drawing as on the page, with its description for those who do not see it. */
export function writeChart(sheet: Sheet, chart: Chart): void {
  const { drawing, scale, legend, height } = placed(sheet, chart);
  sheet.need(height);
  const figure = sheet.element('Figure', undefined, { alt: printable(`${chart.title}. ${chart.description}`) });
  sheet.fill(figure, () => {
    if (legend > 0) writeLegend(sheet, chart);
    const { pdf } = sheet;
    pdf
      .save()
      .translate(sheet.left, sheet.y + legend)
      .scale(scale);
    draw(pdf, drawing);
    pdf.restore();
  });
  sheet.y += height;
}

function writeLegend(sheet: Sheet, { legend }: Chart): void {
  let x = sheet.left;
  for (const { tone, text, faint } of legend) {
    sheet.pdf
      .rect(x, sheet.y + (faint ? 1 : 2.5), 13, faint ? 6 : 3)
      .fillOpacity(faint ? 0.35 : 1)
      .fill(light[tone]);
    sheet.pdf.fillOpacity(1);
    sheet.write(text, x + 18, sheet.y, { size: 8 });
    x += 18 + sheet.widthOf(text, { size: 8 }) + 16;
  }
}

function draw(pdf: PDFKit.PDFDocument, { shapes }: Drawing): void {
  for (const shape of shapes) drawShape(pdf, shape);
}

function drawShape(pdf: PDFKit.PDFDocument, shape: Shape): void {
  switch (shape.kind) {
    case 'line':
      trace(pdf, shape.points).lineWidth(shape.width).lineJoin('round');
      if (shape.dash) pdf.dash(shape.dash[0], { space: shape.dash[1] });
      pdf.stroke(light[shape.tone]);
      if (shape.dash) pdf.undash();
      break;
    case 'area':
      trace(pdf, shape.points).closePath().fillOpacity(shape.opacity).fill(light[shape.tone]).fillOpacity(1);
      break;
    case 'box':
      pdf
        .roundedRect(
          rounded(shape.x),
          rounded(shape.y),
          rounded(shape.width),
          rounded(shape.height),
          Math.min(shape.radius ?? 0, shape.width / 2),
        )
        .fillOpacity(Math.round((shape.opacity ?? 1) * 50) / 50)
        .fill(light[shape.tone])
        .fillOpacity(1);
      break;
    case 'dot':
      pdf.circle(shape.at[0], shape.at[1], shape.radius).fill(light[shape.tone]);
      break;
    case 'text':
      writeText(pdf, shape);
      break;
  }
}

function trace(pdf: PDFKit.PDFDocument, points: Extract<Shape, { kind: 'line' }>['points']): PDFKit.PDFDocument {
  points.forEach(([x, y], i) => (i === 0 ? pdf.moveTo(rounded(x), rounded(y)) : pdf.lineTo(rounded(x), rounded(y))));
  return pdf;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

function writeText(pdf: PDFKit.PDFDocument, shape: Extract<Shape, { kind: 'text' }>): void {
  const { at, tone, anchor = 'start', bold, size = 12, upwards } = shape;
  const text = printable(shape.text);
  pdf.font(bold ? fonts.bold : fonts.plain, size).fillColor(light[tone]);
  const share = { start: 0, middle: 0.5, end: 1 }[anchor];
  const [x, y] = [at[0] - share * pdf.widthOfString(text), at[1]];
  if (upwards) pdf.save().rotate(-90, { origin: [...at] });
  pdf.text(text, x, y, { lineBreak: false, baseline: 'alphabetic' });
  if (upwards) pdf.restore();
}
