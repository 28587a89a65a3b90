import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'rolldown';
import { buildKernel, kernelFile } from './kernel.mjs';

/**
 * Bundles a project's entries: `src/main.ts`, with a file for its start and others for what it loads later; `src/handler.ts` and each
 * `*.thread.ts` into one file each.
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

/** Large, and needed by few requests or by threads only. */
const loadedOnFirstUse = [
  'yahoo-finance2',
  'tough-cookie',
  'pdfkit',
  'fontkit',
  'brotli',
  'openai',
  'gpt-tokenizer',
  '@modelcontextprotocol/sdk',
];

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

/** Throws when a program loads at its start what belongs to its first use. */
function refuseAtStart(written) {
  const chunks = new Map(written.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const start = new Set(['main.js']);
  for (const file of start) for (const next of chunks.get(file)?.imports ?? []) start.add(next);
  const modules = [...start].flatMap((file) => chunks.get(file)?.moduleIds ?? []);
  const early = modules.filter((id) => loadedOnFirstUse.some((name) => id.includes(`/node_modules/${name}/`)));
  if (early.length > 0)
    throw new Error(`${project} loads at its start what belongs behind import(): ${early.join(', ')}`);
}

/**
 * What a program needs at its start lies in one file, whose modules keep their order; what is behind `import()` in others. The
 * program itself waits for such files while it starts, and they for what they import: it lies by itself, or both would wait for ever.
 */
const inParts = (main) => ({
  dir: output,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  codeSplitting: { groups: [{ name: 'start', tags: ['$initial'], test: (id) => id !== main }] },
});

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
for await (const entry of glob(['src/main.ts', 'src/handler.ts', 'src/**/*.thread.ts'], { cwd: project })) {
  const name = path.basename(entry, '.ts');
  const input = path.join(project, entry);
  const inOneFile = { file: path.join(output, `${name}.js`), codeSplitting: false };
  const { output: written } = await build({
    input: { [name]: input },
    platform: 'node',
    tsconfig: path.join(project, 'tsconfig.json'),
    resolve: { mainFields: ['module', 'main'], alias },
    external: [...absent, ...unbundled, ...(name === 'handler' ? absentFromHandlers : [])].map(pattern),
    output: {
      format: 'esm',
      sourcemap: true,
      keepNames: true,
      banner,
      ...(name === 'main' ? inParts(input) : inOneFile),
    },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
  });
  if (name === 'main') refuseAtStart(written);
}
for await (const file of glob('*.js', { cwd: output })) await keepToAscii(path.join(output, file));

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
