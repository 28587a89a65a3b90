import { eventually } from './client';
import { Load } from './load';
import { RollingSystem } from './rolling-system';

const rolling = new RollingSystem('rolling');
beforeAll(() => rolling.start());
let load: Load | undefined;
afterAll(async () => {
  await load?.stop();
  await rolling.stop();
});

const { first, second, instances } = rolling;
/** Of both tests: the receiver hears of all. */
const analyses: string[] = [];

it.each([
  { order: 'one instance of each service, then the other', rounds: [first, second] },
  { order: 'every instance strictly one after another', rounds: instances.map((instance) => [instance]) },
])(
  'replaces $order, under load: no request fails, no stream loses or repeats an event',
  async ({ rounds }) => {
    const { system } = rolling;
    const from = system.output.length;
    const users = new Load(rolling.baseUrl, system.apiKey);
    load = users;
    await eventually('the load is running', () => Promise.resolve(users.analyses.length > 5));
    for (const round of rounds) await Promise.all(round.map((instance) => rolling.restart(instance)));
    await users.stop();

    expect(users.failures).toEqual([]);
    expect(users.requests).toBeGreaterThan(200);
    expect(users.streams).toBeGreaterThan(20);
    expect(rolling.endsSince(from)).toEqual(instances.map(({ name }) => `${name} ended with code 0`).sort());
    analyses.push(...users.analyses);
    await rolling.everythingArrived({ analyses });
    await rolling.noDeadLetters();
    process.stdout.write(
      `rolling restart: ${users.requests} requests, ${users.streams} streams (${users.resumes} resumed), ${users.analyses.length} analyses, 0 failed\n`,
    );
  },
  240_000,
);
