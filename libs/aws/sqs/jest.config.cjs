const config = require('../../../jest.config.cjs')(__dirname, { localAws: true });

/** Nest first: the CommonJS queue library must find it whole, not in the middle of being linked. */
module.exports = { ...config, setupFiles: [...config.setupFiles, '@nestjs/common', '@nestjs/core'] };
