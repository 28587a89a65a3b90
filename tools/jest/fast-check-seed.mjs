/**
 * With FAST_CHECK_SEED the properties are tried on the same examples in every run, without it on new ones each time; FAST_CHECK_RUNS
 * says on how many, where a property does not say it itself.
 */
const { FAST_CHECK_SEED: seed, FAST_CHECK_RUNS: runs } = process.env;
if (seed !== undefined || runs !== undefined) {
  const { configureGlobal, readConfigureGlobal } = await import('fast-check');
  configureGlobal({
    ...readConfigureGlobal(),
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(runs !== undefined && { numRuns: Number(runs) }),
  });
}
