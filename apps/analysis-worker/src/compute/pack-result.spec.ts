import { gunzipSync } from 'node:zlib';
import { analyse } from '@stocktool/analytics';
import { AnalysisRequest, AnalysisResult, parseJson } from '@stocktool/contracts';
import { bundled } from './bundled-series.fixture';
import { packResult } from './pack-result';

const holdings = [
  { symbol: 'AAPL', weight: 0.6 },
  { symbol: 'KO', weight: 0.4 },
];
const include = ['performance', 'risk', 'correlation', 'optimization', 'stress'];
const request = { ...AnalysisRequest.parse({ holdings, include, from: '2016-01-04', to: '2017-12-29' }), holdings };
const sound = analyse({ request, series: await bundled(['AAPL', 'KO', '^GSPC']) });

type Path = readonly (string | number)[];

/** The sound result with other values in some places. */
function broken(...changes: readonly [Path, unknown][]): AnalysisResult {
  const result = structuredClone(sound);
  for (const [path, value] of changes) {
    const parent = path.slice(0, -1).reduce((node, key) => (node as Record<string, object>)[key]!, result as object);
    Object.assign(parent, { [path.at(-1)!]: value });
  }
  return result;
}
const unpacked = (packed: Uint8Array) => parseJson(AnalysisResult, gunzipSync(packed).toString());

describe('packResult', () => {
  it('leaves a result alone in which every number is one', () => {
    const { result, packed, notNumbers } = packResult(sound);
    expect(result).toBe(sound);
    expect(notNumbers).toEqual([]);
    expect(unpacked(packed)).toEqual(sound);
  });

  it.each([NaN, Infinity, -Infinity])('makes %d null where a figure may be, and says so', (value) => {
    const { packed, notNumbers } = packResult(broken([['portfolio', 'risk', 'beta'], value]));
    const read = unpacked(packed);
    expect(notNumbers).toEqual(['portfolio.risk.beta']);
    expect(read.portfolio.risk).toEqual({ ...sound.portfolio.risk, beta: null });
    expect(read.warnings.slice(sound.warnings.length)).toEqual([
      expect.objectContaining({ code: 'not-a-number', path: 'portfolio.risk.beta' }),
    ]);
  });

  it('refuses the innermost part where there has to be a number, and no other', () => {
    const { packed, notNumbers } = packResult(
      broken(
        [['optimization', 'minVariance', 'weights', 'AAPL'], NaN],
        [['optimization', 'frontier', 3, 'weights', 'KO'], Infinity],
        [['assets', 1, 'performance', 'bestDay', 'return'], NaN],
      ),
    );
    const { warnings, ...read } = unpacked(packed);
    const unavailable = { code: 'not-a-number', reason: expect.stringContaining('error') as string };
    const { warnings: _, ...expected } = broken(
      [['optimization', 'minVariance'], { unavailable }],
      [['optimization', 'frontier'], { unavailable }],
      [['assets', 1, 'performance'], { unavailable }],
    );
    expect(read).toEqual(expected);
    expect(
      warnings
        .slice(-3)
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...notNumbers].sort());
    expect(notNumbers).toHaveLength(3);
  });

  it('throws where there is no part to refuse', () =>
    expect(() => packResult(broken([['assets', 0, 'weight'], NaN]))).toThrow('assets.0.weight'));

  it('names the first twenty of many', () => {
    const many = new Array<number>(30).fill(NaN);
    const { result, notNumbers } = packResult(broken([['portfolio', 'rolling', 'volatility'], many]));
    expect(notNumbers).toHaveLength(30);
    expect(result.warnings.filter(({ code }) => code === 'not-a-number')).toHaveLength(20);
  });
});
