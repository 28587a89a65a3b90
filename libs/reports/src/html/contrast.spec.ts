import { dark, light } from '../charts/palette';

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const contrast = (a: string, b: string): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
};

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s palette', (_, palette) => {
  it.each(['ink', 'muted', 'own'] as const)('has text in %s that reads on the paper', (tone) =>
    expect(contrast(palette[tone], palette.paper)).toBeGreaterThanOrEqual(4.5),
  );
  it('has warnings that read on their ground', () => {
    expect(contrast(palette.ink, palette.warnSoft)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.muted, palette.warnSoft)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(['market', 'other', 'gain', 'loss', 'positive', 'negative'] as const)(
    'has lines in %s that are seen',
    (tone) => expect(contrast(palette[tone], palette.paper)).toBeGreaterThanOrEqual(3),
  );
});
