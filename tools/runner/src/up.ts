import { parseArgs } from 'node:util';
import type { DemoAccount } from './demo-account';
import { Failure, oneLine } from './failure';
import { ports, publicUrl } from './settings';
import type { Instances } from './services';
import { System } from './system';
import { Releases } from './versions/releases';

const say = (line: string) => console.log(line);
const startedAt = performance.now();
const mostInstances = 16;

/** `npm start`: everything, until Ctrl-C. */
export async function up(arguments_: readonly string[]): Promise<number> {
  const { instances, releases } = optionsOf(arguments_);
  return new Promise((resolve) => {
    let ending: Promise<void> | undefined;
    const finish = (code: number, line?: string) => {
      if (ending !== undefined) return;
      if (line !== undefined) console.error(line);
      ending = system.stop().then(
        () => resolve(code),
        (error: unknown) => {
          console.error(error instanceof Error ? error.message : String(error));
          resolve(1);
        },
      );
    };
    const system = new System({ instances, releases, say, failed: (line) => finish(1, line) });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => finish(0, ending === undefined ? '\nStopping …' : undefined));
    finishWithParent(() => finish(0));
    // Ends the children with it: nobody else would.
    process.on('uncaughtException', (error) => finish(1, oneLine(error)));
    system.start().then(
      (demo) => ending === undefined && say(welcome(demo)),
      (error: unknown) => finish(1, oneLine(error)),
    );
  });
}

/** Whoever started us may be killed too hard to pass a signal on. */
function finishWithParent(finish: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) finish();
  }, 1000).unref();
}

/**
 * `--workers` of the worker, `--instances` of each other service; with one option alone the other is 1. `--releases` names a file that
 * says which checkout each of them runs from.
 */
function optionsOf(arguments_: readonly string[]): { instances: Instances; releases: Releases } {
  const option = { type: 'string', default: '1' } as const;
  const options = { workers: option, instances: option, releases: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...arguments_], options });
  const count = (name: 'workers' | 'instances'): number => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number >= 1 && number <= mostInstances) return number;
    throw new Failure(`--${name} takes a number from 1 to ${mostInstances}.`);
  };
  return {
    instances: { workers: count('workers'), others: count('instances') },
    releases: new Releases(values.releases),
  };
}

const request = {
  holdings: [
    { symbol: 'AAPL', weight: 0.6 },
    { symbol: 'MSFT', weight: 0.4 },
  ],
  from: '2014-01-02',
  to: '2017-12-29',
};

const welcome = ({ email, password, apiKey }: DemoAccount): string => `
StockTool is ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.

  Console    ${publicUrl}/
  Swagger    ${publicUrl}/docs
  OpenAPI    ${publicUrl}/openapi.json
  Inbox      ${publicUrl}/dev/inbox
  AWS        http://localhost:${ports.aws} (embedded)

  Demo user  ${email}
  Password   ${password}
  API key    ${apiKey}

Analyse a portfolio:

  curl -s ${publicUrl}/v1/analyses -H 'x-api-key: ${apiKey}' -H 'content-type: application/json' \\
    -d '${JSON.stringify(request)}'

Then open the \`self\` link of the answer with the same key. Ctrl-C stops everything.`;
