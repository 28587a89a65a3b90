import nx from '@nx/eslint-plugin';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const may = (layer, ...on) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: on.map((name) => `layer:${name}`),
});

/** The whole workspace is linted with one TypeScript program: one for each project would not fit into memory together. */
const program = process.env.LINT_WHOLE === undefined ? { projectService: true } : { project: './tsconfig.json' };

const clockOnly = 'Take the time from a Clock, so that tests can set it.';

/** Files from before the limit of 300 lines (specs 400), each with a limit of its own until somebody splits it by its nouns. */
const longerFiles = {
  'libs/analyses/src/analysis.table.ts': 410,
  'apps/notifier/src/notifications.int.spec.ts': 580,
  'libs/aws/sqs/src/queue-consumer.int.spec.ts': 410,
  'tools/local-aws/src/dynamodb/dynamodb.spec.ts': 510,
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.jest/**',
      '.nx/**',
      '**/cdk.out/**',
      '**/*.cjs',
      '**/*.mjs',
      '.local/**',
      'libs/analytics/kernel/**',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx, 'import-x': importX },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { parserOptions: { ...program, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts'] })],
    },
    rules: {
      // Between projects Nx sees to it; this is for files of one project. Types do not count: nothing is loaded for them.
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          allowCircularSelfDependency: false,
          depConstraints: [
            may('app', 'capability', 'platform', 'core', 'testing'),
            may('capability', 'capability', 'platform', 'core', 'testing'),
            may('platform', 'platform', 'core', 'testing'),
            { ...may('core', 'core'), bannedExternalImports: ['@nestjs/*', '@aws-sdk/*'] },
            may('testing', 'core'),
            may('tool', 'tool', 'platform', 'capability', 'core', 'testing'),
            may('bench', 'tool', 'platform', 'capability', 'core', 'testing'),
          ],
        },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-console': 'error',
      'max-lines': ['error', 300],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: '@stocktool/testing', message: 'Only *.spec.ts may import test fixtures.' },
            ...['process', 'node:process'].map((name) => ({
              name,
              message: 'process is global, so that its use is seen.',
            })),
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only main.ts and handler.ts read the environment.' },
        { object: 'Date', property: 'now', message: clockOnly },
        { object: 'JSON', property: 'parse', message: 'Parse with a zod schema: parseJson of @stocktool/contracts.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clockOnly },
        {
          selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo)$/]',
          message: 'Every test runs.',
        },
      ],
    },
  },
  {
    files: [
      '**/main.ts',
      '**/handler.ts',
      'tools/**/*.ts',
      'infra/**/*.ts',
      'bench/**/*.ts',
      'e2e/**/*.ts',
      'libs/testing/**/*.ts',
    ],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off', 'no-console': 'off' },
  },
  {
    files: ['**/*.spec.ts', '**/*.fixture.ts', 'e2e/src/*.ts'],
    rules: {
      'max-lines': ['error', 400],
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo)$/]',
          message: 'Every test runs.',
        },
      ],
    },
  },
  ...Object.entries(longerFiles).map(([file, lines]) => ({ files: [file], rules: { 'max-lines': ['error', lines] } })),
);
