import { bench } from './bench';
import { check, jest } from './checks';
import { e2eInContainers } from './containers/e2e';
import { images } from './containers/images';
import { demo } from './demo';
import { doctor } from './doctor';
import { drill } from './drill/command';
import { Failure } from './failure';
import { endLeftBehind } from './left-behind';
import { demoAccount } from './seed';
import { integration } from './integration/integration';
import { knowledge } from './knowledge/knowledge';
import { restore } from './restore/restore';
import { rotate } from './rotate';
import { invokeStockUpdater } from './stock-updater';
import { privileges, synth } from './synth';
import { up } from './up';
import { e2eOfVersions } from './versions/e2e';
import { keepVersion } from './versions/keep';
import { buildAll } from './workspace-build';

const commands: Readonly<Record<string, (arguments_: string[]) => Promise<number>>> = {
  up,
  demo,
  doctor,
  check,
  test: check,
  bench,
  integration,
  synth,
  privileges,
  e2e: (arguments_) => jest('e2e', arguments_),
  'e2e:containers': e2eInContainers,
  'e2e:versions': e2eOfVersions,
  'keep-version': keepVersion,
  images,
  drill,
  restore,
  rotate,
  knowledge,
  'demo-account': demoAccount,
  async build() {
    console.log(await buildAll());
    return 0;
  },
  async lambda([name, event = '{}']) {
    if (name !== 'stock-updater')
      throw new Failure(
        'There is one function: npm run lambda -- stock-updater [\'{"symbols":["AAPL"]}\' or \'{"schedule":"weekly"}\']',
      );
    await buildAll();
    console.log(await invokeStockUpdater(JSON.parse(event) as object));
    return 0;
  },
  /** What tools/start.mjs calls when the runner was killed. */
  async tidy() {
    await endLeftBehind();
    return 0;
  },
};

/** Runs one command and gives its exit code. */
export function run([name = 'up', ...rest]: string[]): Promise<number> {
  const command = commands[name];
  if (command === undefined) throw new Failure(`No command ${name}; there are ${Object.keys(commands).join(', ')}.`);
  return command(rest);
}
