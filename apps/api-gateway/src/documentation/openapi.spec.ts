import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { AccessDeclarations } from '../access/access-declarations';
import { examples } from './examples';
import { testGateway, type TestGateway } from '../gateway.fixture';

const committed = path.resolve(import.meta.dirname, '../../openapi.json');

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, { schema: object }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { example?: unknown }>; responses: Record<string, object> };
}

let gateway: TestGateway;
let document: Document;
let operations: { name: string; operation: Operation }[];
beforeAll(async () => {
  gateway = await testGateway();
  document = (await gateway.call('get', '/openapi.json').expect(200)).body as Document;
  operations = Object.entries(document.paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${url}`, operation })),
  );
});
afterAll(() => gateway.close());

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const validator = new Validator();
    const result = await validator.validate({ ...structuredClone(document) });
    expect(result).toMatchObject({ valid: true });
    expect(() => validator.resolveRefs()).not.toThrow();
  });

  it('is the one that is committed; WRITE_OPENAPI=true writes it', async () => {
    if (process.env['WRITE_OPENAPI'] === 'true') await writeFile(committed, `${JSON.stringify(document, null, 2)}\n`);
    expect(document).toEqual(JSON.parse(await readFile(committed, 'utf8')));
  });

  it('has every route of the API', () => {
    const routes = gateway.app
      .get(AccessDeclarations)
      .routes()
      .filter(({ name, path: url }) => url.startsWith('/v1/') || name === 'McpController.post')
      .map(({ method, path: url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
    const described = operations.map(({ name }) => name).filter((name) => !name.includes('/health/'));
    expect(described.sort()).toEqual(routes.sort());
  });

  it('names each operation once, with a summary, a tag and who may call it', () => {
    const api = operations.filter(({ name }) => name.includes('/v1/'));
    const ids = api.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const rules = new Map(
      gateway.app
        .get(AccessDeclarations)
        .routes()
        .map(({ method, path: url, rule }) => [`${method} ${url.replace(/:(\w+)/g, '{$1}')}`, rule]),
    );
    for (const { name, operation } of api) {
      expect([name, operation.operationId]).toEqual([name, expect.stringMatching(/^[a-z][A-Za-z]+$/)]);
      expect([name, operation.summary]).toEqual([name, expect.stringMatching(/\w/)]);
      expect([name, operation.tags?.length]).toEqual([name, 1]);
      const schemes = (operation.security ?? []).flatMap((one) => Object.keys(one));
      if (rules.get(name) !== 'open') expect([name, schemes]).toEqual([name, ['bearer', 'apiKey']]);
      else expect([name, schemes.filter((scheme) => scheme !== 'refreshCookie')]).toEqual([name, []]);
    }
  });

  it('says of each operation what it takes, answers and refuses', () => {
    for (const { name, operation } of operations.filter((one) => one.name.includes('/v1/'))) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const described = (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name);
      expect([name, described]).toEqual([name, inPath]);
      const answers = Object.entries(operation.responses);
      const good = answers.filter(([status]) => /^[23]/.test(status));
      expect([name, good.length]).toEqual([name, expect.any(Number)]);
      expect(good.length).toBeGreaterThan(0);
      for (const [status, answer] of good)
        if (!['202', '204', '302'].includes(status))
          expect([name, status, answer.content]).toEqual([name, status, expect.anything()]);
      expect(answers.some(([status]) => status === '400')).toBe(true);
      for (const [status, answer] of answers.filter(([code]) => /^[45]/.test(code)))
        expect([name, status, answer.$ref]).toEqual([name, status, expect.stringContaining('/responses/')]);
    }
  });

  it('gives an example of every request and of nearly every answer, each of which is one', () => {
    for (const { name, operation } of operations)
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
        const reference = (schema as { $ref?: string }).$ref ?? '';
        const described = document.components.schemas[reference.split('/').at(-1)!];
        expect([name, described?.example]).toEqual([name, expect.anything()]);
      }
    for (const [schema, example] of examples)
      expect([schema.meta()?.id, schema.safeParse(example).error?.issues]).toEqual([schema.meta()?.id, undefined]);
    const without = Object.entries(document.components.schemas).filter(([, { example }]) => example === undefined);
    // A result is long: its schema says more than an example would.
    expect(without.map(([name]) => name).sort()).toEqual([
      'Accounts',
      'Analysis',
      'AnalysisResult',
      'AssetResult',
      'Attribution',
      'MonteCarlo',
      'OptimalPortfolio',
      'Optimization',
      'Performance',
      'Risk',
      'RiskAssessment',
      'StressRow',
    ]);
  });

  it('is shown by Swagger UI, whose page keeps to its policy', async () => {
    const { text, headers } = await gateway.call('get', '/docs').expect(200);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(text).toContain('swagger-ui');
    expect(text).not.toMatch(/<script>(?!\s*<)/);
    await gateway.call('get', '/docs/swagger-ui-bundle.js').expect(200);
  });
});
