const config = require('../../jest.config.cjs')(__dirname, { localAws: true });

/** Nest first: a CommonJS package that requires it must find it whole, not in the middle of being linked. */
module.exports = { ...config, setupFiles: [...config.setupFiles, '@nestjs/core'] };
