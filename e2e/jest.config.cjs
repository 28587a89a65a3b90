const path = require('node:path');
const base = require('../jest.config.cjs')(__dirname, { testTimeout: 120_000 });

/** The suite runs against one started system; specs run one after another, the lifecycle last. */
module.exports = {
  ...base,
  globalSetup: path.join(__dirname, 'start-system.mjs'),
  globalTeardown: path.join(__dirname, 'stop-system.mjs'),
  testSequencer: path.join(__dirname, 'sequencer.cjs'),
};
