import { createHash } from 'node:crypto';
import { isAvailable } from '@stocktool/contracts';
import { simulateHere } from './path-simulator';
import { planSimulation } from './planned-simulation';
import { simulatedPortfolio } from './simulated-portfolio.fixture';

/** Returns by a linear congruence: whole numbers, sums and divisions, the same everywhere. */
const returns = Array.from({ length: 5 }, (_, asset) => {
  let state = 1000 + asset;
  const uniform = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return Float64Array.from({ length: 400 }, () => (uniform() + uniform() + uniform() - 1.48) / 40);
});

/**
 * Digests of all paths: the same on x64 and on arm64 (Node 24.21 for each, the second emulated). They change only with what is simulated;
 * then whoever changes it says so here.
 */
describe('the paths of a seed have the same bits on every processor', () => {
  it.each([
    ['gbm', 'pseudo', false, '73e2f567fe583d7f'],
    ['gbm', 'quasi', false, '72f713129a5ab255'],
    ['studentT', 'pseudo', false, '2474fa638d3fce8a'],
    ['studentT', 'quasi', false, '393d55e674d2aec4'],
    ['bootstrap', 'pseudo', false, '47fad6f3f272e55c'],
    ['filteredHistorical', 'pseudo', false, '56c41e24a286ebb1'],
    ['gbm', 'pseudo', true, 'b4bb5fb61044cda9'],
    ['gbm', 'quasi', true, '4a9661518cddaa0c'],
    ['studentT', 'pseudo', true, 'd261e29b99ada15a'],
    ['studentT', 'quasi', true, '5225dd1379fc8c9c'],
    ['bootstrap', 'pseudo', true, '29762f579dfea980'],
    ['filteredHistorical', 'pseudo', true, 'e9ea0b4f38554b84'],
  ] as const)('%s, %s, shares held: %s', (model, sampling, sharesHeld, digest) => {
    const settings = { model, sampling, paths: 1500, horizonDays: 60 };
    const data = simulatedPortfolio({ returns, sharesHeld, settings });
    const plan = planSimulation(data, data.request.monteCarlo!);
    if (!isAvailable(plan)) throw new Error(plan.unavailable.reason);
    const hash = createHash('sha256');
    for (const values of Object.values(simulateHere(plan)).flat()) hash.update(values);
    expect(hash.digest('hex').slice(0, 16)).toBe(digest);
  });
});
