import fc from 'fast-check';
import { pValueText, percentText, ratioText, shareText } from '../format';
import { bars } from './bars';
import { roomFor, type Chart } from './drawing';
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
        fc.integer({ min: 2, max: 8 }),
        (low, extent, count) => {
          const values = ticks(low, low + extent, count);
          expect(values.length).toBeGreaterThanOrEqual(2);
          expect(values.length).toBeLessThanOrEqual(Math.max(count + 1, 5));
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

describe('long names', () => {
  const names = ['~WWWWWWWWWWWWWWWWWWW', '~CONSTANT-SERIES.2020', 'KO'];
  const gain = { below: 'loss', above: 'gain' } as const;
  const about = { id: 'x', title: '', legend: [], names: ['first', 'second'] };
  const rows = (values: (number | null)[][]) => names.map((name, i) => ({ name, values: values[i]! }));
  const charts = {
    'of losses and a zero': bars({ ...about, tones: [gain], rows: rows([[-0.1142], [0], [-0.0736]]) }),
    'of two series': bars({
      ...about,
      tones: [gain, gain],
      rows: rows([
        [0.5, 0.7412],
        [0.3, 0],
        [null, 0.2],
      ]),
    }),
    'of correlations': heatMap(
      names,
      names.map(() => names.map(() => 0.5)),
    ),
  };
  /** Left and right of every text that lies. */
  const extents = (chart: Chart, width: number) =>
    chart.draw(width).shapes.flatMap((shape) => {
      if (shape.kind !== 'text' || shape.upwards) return [];
      const room = roomFor(shape.text, shape.size, { bold: shape.bold === true });
      const left = shape.at[0] - { start: 0, middle: room / 2, end: room }[shape.anchor ?? 'start'];
      return { text: shape.text, left, right: left + room, y: shape.at[1] };
    });

  it.each(Object.entries(charts))('%s stay within the drawing and apart from the figures', (_, chart) => {
    for (const width of [760, 350]) {
      const texts = extents(chart, width);
      for (const { left, right } of texts) {
        expect(left).toBeGreaterThanOrEqual(-1);
        expect(right).toBeLessThanOrEqual(width + 1);
      }
      for (const [i, one] of texts.entries())
        for (const other of texts.slice(i + 1))
          if (Math.abs(one.y - other.y) < 8 && one.text !== other.text)
            expect(one.right <= other.left || other.right <= one.left).toBe(true);
    }
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
