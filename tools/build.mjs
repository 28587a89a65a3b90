import { cp, glob, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'rolldown';
import { buildKernel, kernelFile } from './kernel.mjs';

/**
 * Bundles a project's entries into single files: `src/main.ts` or `src/handler.ts`, and each `*.thread.ts` beside them.
 * Usage: node tools/build.mjs <projectRoot>
 */
const root = path.resolve(import.meta.dirname, '..');
const project = path.resolve(root, process.argv[2]);
const output = path.join(project, 'dist');

/** Optional peers that Nest and others look for at run time; none of them is installed. */
const absent = [
  '@nestjs/websockets*',
  '@nestjs/platform-express',
  'class-validator',
  'class-transformer*',
  '@fastify/view',
  '@fastify/multipart',
  'kafkajs',
  'mqtt',
  'ioredis',
  'amqplib',
  'amqp-connection-manager',
  '@nats-io/*',
  '@nestjs/axios',
  '@nestjs/mongoose',
  '@nestjs/sequelize',
  '@nestjs/typeorm',
  '@nestjs/observe',
  '@mikro-orm/*',
  'typescript',
  'cache-manager',
  'pino-pretty',
];
/** A handler runs without Nest: what Nest's decorators would look for at run time stays out of its bundle. */
const absentFromHandlers = ['@nestjs/microservices*', '@nestjs/platform-fastify', '@nestjs/websockets*'];
/** Used from node_modules by the embedded AWS endpoint only: its parts are loaded by path, and one is native. */
const unbundled = ['dynalite*', 'classic-level'];

const pattern = (name) => new RegExp(`^${name.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replaceAll('*', '.*')}$`);

const banner = [
  "import { fileURLToPath as __toPath } from 'node:url';",
  "import { dirname as __parent } from 'node:path';",
  'const __filename = __toPath(import.meta.url);',
  'const __dirname = __parent(__filename);',
].join('');

async function entries() {
  const found = [];
  for await (const file of glob(['src/main.ts', 'src/handler.ts', 'src/**/*.thread.ts'], { cwd: project }))
    found.push(file);
  return found;
}

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
for (const entry of await entries()) {
  await build({
    input: path.join(project, entry),
    platform: 'node',
    tsconfig: path.join(project, 'tsconfig.json'),
    resolve: { mainFields: ['module', 'main'] },
    external: [...absent, ...unbundled, ...(entry.endsWith('handler.ts') ? absentFromHandlers : [])].map(pattern),
    output: {
      file: path.join(output, `${path.basename(entry, '.ts')}.js`),
      format: 'esm',
      sourcemap: true,
      keepNames: true,
      codeSplitting: false,
      banner,
    },
    logLevel: 'warn',
  });
}

if (path.basename(project) === 'api-gateway') {
  const swagger = path.join(root, 'node_modules/swagger-ui-dist');
  for (const name of [
    'swagger-ui-bundle.js',
    'swagger-ui-standalone-preset.js',
    'swagger-ui.css',
    'index.css',
    'favicon-16x16.png',
    'favicon-32x32.png',
  ])
    await cp(path.join(swagger, name), path.join(output, 'swagger-ui', name));
}

if (path.basename(project) === 'analysis-worker') {
  await buildKernel();
  await cp(kernelFile, path.join(output, path.basename(kernelFile)));
}
