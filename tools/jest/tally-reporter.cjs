const { mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');

/** Leaves `.jest/tally.json` in the project, so that a run over all projects can print one total, also for cached projects. */
module.exports = class TallyReporter {
  constructor(globalConfig) {
    this.directory = path.join(globalConfig.rootDir, '.jest');
  }
  onRunComplete(_contexts, results) {
    mkdirSync(this.directory, { recursive: true });
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    writeFileSync(path.join(this.directory, 'tally.json'), JSON.stringify({ passed: results.numPassedTests, failed }));
  }
};
