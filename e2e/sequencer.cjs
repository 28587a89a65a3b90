const { default: Sequencer } = require('@jest/test-sequencer');

/** By name: what looks at the whole run (`z-…`) comes last. */
module.exports = class ByName extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => a.path.localeCompare(b.path));
  }
};
