import { check, jest } from './checks';
import { demo } from './demo';
import { doctor } from './doctor';
import { Failure } from './settings';
import { invokeStockUpdater } from './stock-updater';
import { oneLine, up } from './up';
import { bench } from './bench';
import { buildAll } from './workspace-build';

const commands: Readonly<Record<string, (arguments_: string[]) => Promise<number>>> = {
  up,
  demo,
  doctor,
  check,
  test: check,
  bench,
  e2e: (arguments_) => jest('e2e', arguments_),
  async build() {
    console.log(await buildAll());
    return 0;
  },
  async lambda([name, event = '{}']) {
    if (name !== 'stock-updater')
      throw new Failure('There is one function: npm run lambda -- stock-updater [\'{"symbols":["AAPL"]}\']');
    await buildAll();
    console.log(await invokeStockUpdater(JSON.parse(event) as object));
    return 0;
  },
};

const [name = 'up', ...rest] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  console.error(`No command ${name}; there are ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}
try {
  process.exit(await command(rest));
} catch (error) {
  console.error(oneLine(error));
  process.exit(1);
}
