import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
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

/**
 * pdfkit's build for Node looks for its fonts in its folder at run time; the one for browsers, which runs in Node as well, is
 * handed them.
 */
const alias = { pdfkit$: path.join(root, 'node_modules/pdfkit/js/pdfkit.browser.mjs') };

const pattern = (name) => new RegExp(`^${name.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replaceAll('*', '.*')}$`);

const banner = [
  "import { fileURLToPath as __toPath } from 'node:url';",
  "import { dirname as __parent } from 'node:path';",
  'const __filename = __toPath(import.meta.url);',
  'const __dirname = __parent(__filename);',
].join('');

/**
 * One character beyond Latin-1 makes V8 keep the whole source, megabytes of it, with two bytes a character. As an escape it
 * means the same in every string, template and expression.
 */
async function keepToAscii(file) {
  const code = await readFile(file, 'utf8');
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  await writeFile(file, code.replace(/[^\0-\x7f]/g, escaped));
}

async function entries() {
  const found = [];
  for await (const file of glob(['src/main.ts', 'src/handler.ts', 'src/**/*.thread.ts'], { cwd: project }))
    found.push(file);
  return found;
}

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
for (const entry of await entries()) {
  const file = path.join(output, `${path.basename(entry, '.ts')}.js`);
  await build({
    input: path.join(project, entry),
    platform: 'node',
    tsconfig: path.join(project, 'tsconfig.json'),
    resolve: { mainFields: ['module', 'main'], alias },
    external: [...absent, ...unbundled, ...(entry.endsWith('handler.ts') ? absentFromHandlers : [])].map(pattern),
    output: {
      file,
      format: 'esm',
      sourcemap: true,
      keepNames: true,
      codeSplitting: false,
      banner,
    },
    logLevel: 'warn',
  });
  await keepToAscii(file);
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
