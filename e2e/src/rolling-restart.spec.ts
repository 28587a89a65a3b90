import { eventually } from './client';
import { Load } from './load';
import { RollingSystem } from './rolling-system';

const rolling = new RollingSystem('rolling');
beforeAll(() => rolling.start());
afterAll(() => rolling.stop());

it('replaces one instance of each service, then the other, under load: no request fails, no stream loses or repeats an event', async () => {
  const { system, first, second, instances } = rolling;
  const load = new Load(rolling.baseUrl, system.apiKey);
  await eventually('the load is running', () => Promise.resolve(load.analyses.length > 5));
  for (const round of [first, second]) await Promise.all(round.map((instance) => rolling.restart(instance)));
  await load.stop();

  expect(load.failures).toEqual([]);
  expect(load.requests).toBeGreaterThan(200);
  expect(load.streams).toBeGreaterThan(20);
  const ends = system.output.split('\n').filter((line) => line.includes('started again'));
  expect(ends.sort()).toEqual(instances.map(({ name }) => `${name} ended with code 0; started again (1 of 5).`).sort());
  await rolling.everythingArrived(load);
  await rolling.noDeadLetters();
  process.stdout.write(
    `rolling restart: ${load.requests} requests, ${load.streams} streams (${load.resumes} resumed), ${load.analyses.length} analyses, 0 failed\n`,
  );
});
