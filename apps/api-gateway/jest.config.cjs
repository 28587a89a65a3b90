const config = require('../../jest.config.cjs')(__dirname, { localAws: true });
// Nest first: Jest cannot load the CommonJS queue library while the Nest that it requires is still being linked.
module.exports = { ...config, setupFiles: [...config.setupFiles, '@nestjs/common', '@nestjs/core'] };
