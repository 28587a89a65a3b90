const path = require('node:path');
const base = require('../../jest.config.cjs')(__dirname, { localAws: true });

/** The templates are synthesized once for all specs. */
module.exports = { ...base, globalSetup: path.join(__dirname, 'jest.setup.mjs') };
