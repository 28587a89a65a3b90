import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './settings';

interface Tree {
  exists(file: string): boolean;
  write(file: string, content: string): void;
}
type Generator = (tree: Tree, options: { name: string; port: number }) => Promise<() => void>;

const generators = path.join(root, 'tools/generators/generators.json');
const generate = createRequire(import.meta.url)(path.join(root, 'tools/generators/service/generator.cjs')) as Generator;
const offline = { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' };

/** A workspace with nothing of its own but what is generated. */
const workspace = mkdtempSync(path.join(tmpdir(), 'new-service-'));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const run = (file: string, arguments_: string[], cwd: string, environment: NodeJS.ProcessEnv = offline) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...arguments_], {
    cwd,
    env: environment,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
};
const bin = (name: string) => path.join(root, 'node_modules', name);
const tree: Tree = {
  exists: (file) => existsSync(path.join(workspace, file)),
  write(file, content) {
    mkdirSync(path.dirname(path.join(workspace, file)), { recursive: true });
    writeFileSync(path.join(workspace, file), content);
  },
};

describe('npm run new-service', () => {
  it('is a generator that Nx finds, with a name that a folder can have', () => {
    const nx = (name: string) => run(bin('nx/dist/bin/nx.js'), ['g', `${generators}:service`, name, '--dry-run'], root);
    expect(nx('price-feed').output).toContain('CREATE apps/price-feed/src/main.ts');
    expect(nx('Price_Feed')).toMatchObject({ status: 1, output: expect.stringContaining('name') });
  });

  it('makes a service whose types, test, format and bundle are right as it is, and overwrites none', async () => {
    const say = console.log;
    const said: string[] = [];
    console.log = (line: string) => said.push(line);
    const done = await generate(tree, { name: 'price-feed', port: 3010 });
    done();
    console.log = say;
    expect(said.join('')).toContain('libs/topology/src/privileges.ts');

    for (const file of ['tsconfig.base.json', 'jest.config.cjs', '.prettierrc.json', 'package.json'])
      cpSync(path.join(root, file), path.join(workspace, file));
    for (const folder of ['node_modules', 'tools']) symlinkSync(path.join(root, folder), path.join(workspace, folder));
    const service = path.join(workspace, 'apps/price-feed');
    const right = { status: 0 };
    expect(run(bin('typescript/bin/tsc'), ['-p', service], root)).toMatchObject(right);
    expect(run(bin('prettier/bin/prettier.cjs'), ['--check', service], workspace)).toMatchObject(right);
    expect(run(path.join(root, 'tools/build.mjs'), [service], root)).toMatchObject(right);
    const jest = { ...offline, NODE_OPTIONS: '--experimental-vm-modules' };
    expect(run(bin('jest/bin/jest.js'), [], service, jest)).toMatchObject(right);
    await expect(generate(tree, { name: 'price-feed', port: 3010 })).rejects.toThrow('already');
  }, 180_000);
});
