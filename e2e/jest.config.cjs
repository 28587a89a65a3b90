const path = require('node:path');
const base = require('../jest.config.cjs')(__dirname, { testTimeout: 120_000 });

/** What cannot be asked of containers; a line each is printed by start-system.mjs. */
const ofProcessesOnly = require('./of-processes-only.json');
/** It needs a second version, which `npm run e2e:versions` builds. */
const ofTwoVersions = 'versions';
const without = (...names) => ({
  testPathIgnorePatterns: ['/node_modules/', ...names.map((name) => `/${name}\\.spec\\.ts$`)],
});
const targets = {
  containers: without(ofTwoVersions, ...Object.keys(ofProcessesOnly)),
  versions: { testMatch: [`**/src/${ofTwoVersions}.spec.ts`] },
};
const target = targets[process.env.E2E_TARGET] ?? without(ofTwoVersions);

/** The suite runs against one started system; specs run one after another, the lifecycle last. */
module.exports = {
  ...base,
  ...target,
  globalSetup: path.join(__dirname, 'start-system.mjs'),
  globalTeardown: path.join(__dirname, 'stop-system.mjs'),
  testSequencer: path.join(__dirname, 'sequencer.cjs'),
};
