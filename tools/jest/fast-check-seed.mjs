/** With FAST_CHECK_SEED the properties are tried on the same examples in every run; without it, on new ones each time. */
const seed = process.env.FAST_CHECK_SEED;
if (seed !== undefined) {
  const { configureGlobal, readConfigureGlobal } = await import('fast-check');
  configureGlobal({ ...readConfigureGlobal(), seed: Number(seed) });
}
