import fc from 'fast-check';
import { pValueText, percentText, ratioText, shareText } from '../format';
import { heatMap } from './heat-map';
import { dateTicks, ticks } from './scale';
import { timeChart } from './time-chart';

describe('numbers', () => {
  it.each([
    [0.12345, '12.35%'],
    [-0.0312, '\u22123.12%'],
    [-0.000001, '0.00%'],
    [3.339, '333.9%'],
    [123.4, '12,340%'],
  ])('percentText(%d) is %s', (value, text) => expect(percentText(value)).toBe(text));

  it.each([
    [1, '100%'],
    [0.25, '25%'],
    [0.125, '12.5%'],
    [0, '0%'],
    [0.1, '10%'],
  ])('shareText(%d) is %s', (value, text) => expect(shareText(value)).toBe(text));

  it.each([
    [0.26712, '0.267'],
    [0.0004, '< 0.001'],
  ])('pValueText(%d) is %s', (value, text) => expect(pValueText(value)).toBe(text));

  it('ratioText has two decimals and a true minus sign', () => expect(ratioText(-1.005)).toBe('\u22121.01'));
});

describe('axes', () => {
  it('ticks are round, ascending, within the bounds and few', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 1e-3, max: 100, noNaN: true }),
        (low, extent) => {
          const values = ticks(low, low + extent, 5);
          expect(values.length).toBeGreaterThanOrEqual(2);
          expect(values.length).toBeLessThanOrEqual(6);
          values.forEach((value, i) => {
            expect(value).toBeGreaterThanOrEqual(low - extent * 1e-6);
            expect(value).toBeLessThanOrEqual(low + extent * (1 + 1e-6));
            if (i > 0) expect(value).toBeGreaterThan(values[i - 1]!);
          });
        },
      ),
    ));

  it('a flat line has one tick', () => expect(ticks(1, 1, 5)).toEqual([1]));

  it('dates are labelled by year over years, by month over months, by day over days', () => {
    const yearly = Array.from(
      { length: 60 },
      (_, i) => `${2010 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-01`,
    );
    expect(dateTicks(yearly, 11).map(({ precision }) => precision)).toEqual(Array(4).fill('year'));
    expect(dateTicks(yearly.slice(0, 8), 11)[0]!.precision).toBe('month');
    expect(dateTicks(['2020-01-01', '2020-01-02'], 11)).toMatchObject([{ precision: 'day' }, { position: 1 }]);
  });

  it('a heat map names the closest and the furthest pair for those who do not see it', () => {
    const { description, draw } = heatMap(
      ['A', 'B', 'C'],
      [
        [1, 0.9, null],
        [0.9, 1, -0.2],
        [null, -0.2, 1],
      ],
    );
    const hints = draw(760).shapes.flatMap((shape) => (shape.kind === 'box' ? (shape.hint ?? []) : []));
    expect(description).toContain('Closest are A and B at 0.90, furthest apart B and C at \u22120.20.');
    expect(hints).toContain('A and C: \u2013');
  });
});

describe('a chart over time', () => {
  const dates = Array.from({ length: 5000 }, (_, i) => new Date(Date.UTC(2000, 0, 1 + i)).toISOString().slice(0, 10));
  const values = dates.map((_, i) => (i === 2501 ? -0.9 : i === 777 ? null : -0.1));
  const chart = timeChart({
    id: 'x',
    title: '',
    description: '',
    legend: [],
    dates,
    lines: [{ tone: 'loss', values }],
    label: ratioText,
  });

  it('has few points and still the deepest of all', () => {
    const lines = chart
      .draw(760)
      .shapes.flatMap((shape) => (shape.kind === 'line' && shape.tone === 'loss' ? [shape.points] : []));
    const points = lines.flat();
    expect(points.length).toBeLessThan(600);
    const deepest = Math.max(...points.map(([, y]) => y));
    expect(deepest).toBeGreaterThan(250);
  });

  it('stays within its drawing, wide or narrow', () => {
    for (const width of [760, 350]) {
      const { height, shapes } = chart.draw(width);
      for (const shape of shapes)
        if (shape.kind === 'line')
          for (const [x, y] of shape.points) {
            expect(x).toBeGreaterThanOrEqual(0);
            expect(x).toBeLessThanOrEqual(width);
            expect(y).toBeGreaterThanOrEqual(0);
            expect(y).toBeLessThanOrEqual(height);
          }
    }
  });
});
