/**
 * The simulation kernel: WebAssembly with its strict SIMD instructions, which give the same bits on every processor (the relaxed
 * ones do not). Written in AssemblyScript; `tools/kernel.mjs` compiles it. Who calls it: `src/monte-carlo/path-simulator.ts`.
 */
export { fillNormals, seedStreams } from './random';
export { describePortfolio, describeRecord } from './paths';
export { describeShocks, describeTails, describeTotals, simulateGaussian } from './gaussian';
export { describeHistory, describeVolatility, simulateResampled } from './resampled';
