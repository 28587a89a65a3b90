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

it('replaces one instance of each service, then the other, under load: no request fails, no stream loses or repeats an event', async () => {
  const { system, first, second, instances } = rolling;
  const users = new Load(rolling.baseUrl, system.apiKey);
  load = users;
  await eventually('the load is running', () => Promise.resolve(users.analyses.length > 5));
  for (const round of [first, second]) await Promise.all(round.map((instance) => rolling.restart(instance)));
  await users.stop();

  expect(users.failures).toEqual([]);
  expect(users.requests).toBeGreaterThan(200);
  expect(users.streams).toBeGreaterThan(20);
  const ends = system.output.split('\n').filter((line) => line.includes('started again'));
  expect(ends.sort()).toEqual(instances.map(({ name }) => `${name} ended with code 0; started again (1 of 5).`).sort());
  await rolling.everythingArrived(users);
  await rolling.noDeadLetters();
  process.stdout.write(
    `rolling restart: ${users.requests} requests, ${users.streams} streams (${users.resumes} resumed), ${users.analyses.length} analyses, 0 failed\n`,
  );
});
