/** One Jest configuration for every project: SWC with decorator metadata, ES modules, integration tests against the embedded AWS endpoint. */
const path = require('node:path');
const swc = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  sourceMaps: 'inline',
  module: { type: 'es6' },
};
const tools = path.join(__dirname, 'tools/jest');

/** `localAws: true` starts the embedded AWS endpoint once for the project's run and points AWS_ENDPOINT_URL at it. */
module.exports = (rootDir, { localAws = false, testTimeout = 30_000 } = {}) => ({
  rootDir,
  testEnvironment: 'node',
  testMatch: ['**/src/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  // Nest first: a CommonJS package that requires Nest's ES modules fails when it is the first to load them.
  setupFiles: [
    'reflect-metadata',
    ...(localAws ? ['@nestjs/common', '@nestjs/core'] : []),
    path.join(tools, 'fast-check-seed.mjs'),
  ],
  testTimeout,
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  reporters: ['default', path.join(tools, 'tally-reporter.cjs')],
  ...(localAws && {
    globalSetup: path.join(tools, 'start-local-aws.mjs'),
    globalTeardown: path.join(tools, 'stop-local-aws.mjs'),
  }),
});
