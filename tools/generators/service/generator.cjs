/**
 * `npm run new-service -- payments`: what every service has. It starts, is healthy and is tested as it is; who may call it and what it may
 * do in AWS is for its author to say, in the places that are named at the end.
 */
module.exports = async function service(tree, { name, port }) {
  const directory = `apps/${name}`;
  if (tree.exists(`${directory}/package.json`)) throw new Error(`There is a ${directory} already.`);
  for (const [file, content] of Object.entries(filesOf(name, port))) tree.write(`${directory}/${file}`, content);
  return () => console.log(nextSteps(name));
};

const camelCase = (name) => name.replace(/-(.)/g, (_dash, letter) => letter.toUpperCase());

const nextSteps = (name) => `
apps/${name} is there. Then:
  npm install                                links @stocktool/${name}
  npx nx test ${name}                        it starts and is healthy
  libs/topology/src/services.ts              a row \`${camelCase(name)}\`: size, count, ports; main.ts and config.ts then read theirs from it
  libs/topology/src/privileges.ts            what it may do in AWS; libs/topology/src/access-patterns.ts what it asks tables
  infra/cdk/src/environments.ts              how many tasks, where
  tools/runner/src/services.ts               so that npm start starts it; docker-compose.yml the same for containers
  AGENTS.md, docs/architecture.md            a row in the map, a place in the picture
`;

const filesOf = (name, port) => ({
  'package.json': `{
  "name": "@stocktool/${name}",
  "version": "0.1.0",
  "private": true,
  "license": "MIT",
  "type": "module",
  "nx": {
    "name": "${name}",
    "tags": [
      "layer:app"
    ],
    "targets": {
      "test": {},
      "lint": {},
      "typecheck": {},
      "build": {}
    }
  }
}
`,
  'tsconfig.json': `{ "extends": "../../tsconfig.base.json", "include": ["src/**/*.ts"] }
`,
  'jest.config.cjs': `module.exports = require('../../jest.config.cjs')(__dirname, { localAws: true });
`,
  'README.md': `# ${name}

What comes in, what goes out, what happens once, and what happens when something it needs is down.

| Environment | Default |                                 |
| ----------- | ------- | ------------------------------- |
| \`PORT\`      | ${String(port).padEnd(7)} | \`/health/live\`, \`/health/ready\` |

and what every service reads: \`AWS_REGION\`, \`AWS_ENDPOINT_URL\`, \`HOST\`, \`LOG_LEVEL\`, \`METRICS_FLUSH_SECONDS\`,
\`DRAIN_GRACE_SECONDS\`, \`DRAIN_SECONDS\`.
`,
  'src/main.ts': `import 'reflect-metadata';
import { startService } from '@stocktool/bootstrap';
import { AppModule } from './app.module';
import { readConfig } from './config';

const config = readConfig(process.env);
await startService({
  name: '${name}',
  module: AppModule.register(config),
  port: config.PORT,
  env: process.env,
});
`,
  'src/config.ts': `import { readEnvironment, ServiceEnvironment } from '@stocktool/bootstrap';
import { z } from 'zod';

const Environment = ServiceEnvironment.extend({
  PORT: z.coerce.number().int().min(0).max(65_535).default(${port}),
});
export type Config = Readonly<z.infer<typeof Environment>>;

/** Read once, in main.ts. */
export const readConfig = (env: NodeJS.ProcessEnv): Config => readEnvironment(Environment, env);
`,
  'src/app.module.ts': `import { type DynamicModule, Module } from '@nestjs/common';
import { HealthModule, type HealthCheck } from '@stocktool/bootstrap';
import type { Config } from './config';

@Module({})
export class AppModule {
  /** \`config\` for what it does; \`checks\` name what it cannot work without, such as \`dynamoTable(…)\`. */
  static register(_config: Config, checks: readonly HealthCheck[] = []): DynamicModule {
    return {
      module: AppModule,
      imports: [HealthModule.register({ checks })],
    };
  }
}
`,
  'src/service.int.spec.ts': `import { testService } from '@stocktool/bootstrap';
import { AppModule } from './app.module';
import { readConfig } from './config';

type Service = Awaited<ReturnType<typeof testService>>;
const config = readConfig({});
const broken = { name: 'a table', check: () => Promise.reject(new Error('it is away')) };
const services: Service[] = [];
afterAll(() => Promise.all(services.map((service) => service.close())));

async function statusOf(path: string, ...checks: Parameters<typeof AppModule.register>[1][]): Promise<number> {
  const service = await testService(AppModule.register(config, ...checks));
  services.push(service);
  return (await service.inject(path)).statusCode;
}

describe('the service', () => {
  it('is alive and ready', async () => {
    expect(await statusOf('/health/live')).toBe(200);
    expect(await statusOf('/health/ready')).toBe(200);
  });

  it('is not ready without what it needs, and alive all the same: a restart of it would help nobody', async () => {
    expect(await statusOf('/health/ready', [broken])).toBe(503);
    expect(await statusOf('/health/live', [broken])).toBe(200);
  });

  it('names a setting that is wrong, and never its value', () => {
    expect(() => readConfig({ PORT: 'secret' })).toThrow(/PORT/);
    expect(() => readConfig({ PORT: 'secret' })).not.toThrow(/secret/);
  });
});
`,
});
