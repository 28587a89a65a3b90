const config = require('../../jest.config.cjs')(__dirname, { localAws: true });
/** Nest first: the SQS library requires it, which works only once it is loaded. */
module.exports = { ...config, setupFiles: [...config.setupFiles, '@nestjs/common', '@nestjs/core'] };
