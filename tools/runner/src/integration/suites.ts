import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../settings';

export interface TestOutcome {
  /** Project and spec file without its ending, then the name of the test. */
  readonly suite: string;
  readonly name: string;
  readonly passed: boolean;
  readonly message: string;
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const suiteTimeoutMs = 600_000;
const ending = '.int.spec.ts';

/** The projects that have integration tests, by folder. */
export function integrationProjects(): string[] {
  const specs = globSync(`{apps,libs,libs/aws,infra,tools}/*/src/**/*${ending}`, { cwd: root });
  return [...new Set(specs.map((spec) => spec.slice(0, spec.indexOf('/src/'))))].sort();
}

/** Runs the integration tests of one project against a backend; a spec file that does not even load is one failed test. */
export async function runSuites(project: string, url: string | undefined): Promise<TestOutcome[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'stocktool-integration-'));
  const outputFile = path.join(directory, 'report.json');
  try {
    await jest(project, ['--json', '--reporters=default', `--outputFile=${outputFile}`, '--silent', 'int\\.spec'], url);
    return outcomes(project, JSON.parse(readFileSync(outputFile, 'utf8')) as JestReport);
  } catch (error) {
    return [{ suite: project, name: 'runs', passed: false, message: String(error) }];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function outcomes(project: string, { testResults }: JestReport): TestOutcome[] {
  return testResults.flatMap(({ name: file, message, assertionResults }) => {
    const suite = `${path.basename(project)}/${path.basename(file).replace(ending, '')}`;
    if (assertionResults.length === 0) return [{ suite, name: 'loads', passed: false, message }];
    return assertionResults.map(({ fullName, status, failureMessages }) => ({
      suite,
      name: fullName,
      passed: status === 'passed',
      message: failureMessages[0] ?? '',
    }));
  });
}

function jest(project: string, arguments_: readonly string[], url: string | undefined): Promise<void> {
  const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const { AWS_ENDPOINT_URL: _outside, ...environment } = process.env;
  const child = spawn(process.execPath, [path.join(root, 'node_modules/jest/bin/jest.js'), ...arguments_], {
    cwd: path.join(root, project),
    env: {
      ...environment,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      ...(url !== undefined && { AWS_ENDPOINT_URL: url, ...account }),
    },
    stdio: ['ignore', 'ignore', 'ignore'],
    timeout: suiteTimeoutMs,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
