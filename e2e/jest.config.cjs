const path = require('node:path');
const base = require('../jest.config.cjs')(__dirname, { testTimeout: 120_000 });

/** What cannot be asked of containers; a line each is printed by start-system.mjs. */
const ofProcessesOnly = require('./of-processes-only.json');
/** Run by commands of their own: two versions, or two keys, at once; what this version writes is written down. */
const ofTwoAtOnce = ['versions', 'rotate-secrets'];
const ofKeeping = 'keep-version';
const without = (...names) => ({
  testPathIgnorePatterns: ['/node_modules/', ...names.map((name) => `/${name}\\.spec\\.ts$`)],
});
const targets = {
  containers: without(...ofTwoAtOnce, ofKeeping, ...Object.keys(ofProcessesOnly)),
  versions: { testMatch: ofTwoAtOnce.map((name) => `**/src/${name}.spec.ts`) },
  keep: { testMatch: [`**/src/${ofKeeping}.spec.ts`] },
};
const target = targets[process.env.E2E_TARGET] ?? without(...ofTwoAtOnce, ofKeeping);

/** The suite runs against one started system; specs run one after another, the lifecycle last. */
module.exports = {
  ...base,
  ...target,
  globalSetup: path.join(__dirname, 'start-system.mjs'),
  globalTeardown: path.join(__dirname, 'stop-system.mjs'),
  testSequencer: path.join(__dirname, 'sequencer.cjs'),
};
