const path = require('node:path');
const base = require('../jest.config.cjs')(__dirname, { testTimeout: 120_000 });

/** What cannot be asked of containers; a line each is printed by start-system.mjs. */
const ofProcessesOnly = require('./of-processes-only.json');
const target =
  process.env.E2E_TARGET === 'containers'
    ? {
        testPathIgnorePatterns: [
          '/node_modules/',
          ...Object.keys(ofProcessesOnly).map((name) => `/${name}\\.spec\\.ts$`),
        ],
      }
    : {};

/** The suite runs against one started system; specs run one after another, the lifecycle last. */
module.exports = {
  ...base,
  ...target,
  globalSetup: path.join(__dirname, 'start-system.mjs'),
  globalTeardown: path.join(__dirname, 'stop-system.mjs'),
  testSequencer: path.join(__dirname, 'sequencer.cjs'),
};
