import { rmSync } from 'node:fs';
import { OwnSystem } from './own-system';
import { stateDirectory } from './client';

const offset = Number(process.env['E2E_PORT_OFFSET'] ?? 12_000) + 3000;

interface Report {
  readonly incident: string;
  readonly facts: Record<'afterIncident' | 'afterRestore', Record<string, number>>;
  readonly load: { acknowledged: number; lost: number; lostOutside: number };
  readonly rpoSeconds: number;
  readonly rtoSeconds: number;
}

const each = (count: number) => ({ account: count, analysis: count, subscription: count, 'price series': count });

it('what was lost, overwritten or dropped under load is shown by the API again after the restore that operators use', async () => {
  const runner = new OwnSystem(offset, `${stateDirectory}-drill`);
  const { code, output } = await runner.command(
    'drill',
    { DRILL_PORT_OFFSET: String(offset), LOCAL_AWS_RECOVERY_LAG_SECONDS: '1' },
    ...['--users', '2', '--writers', '2', '--seconds', '1'],
  );
  rmSync(runner.stateDirectory, { recursive: true, force: true });
  const reports = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Report[];
  expect(reports.map(({ incident, facts }) => [incident, facts.afterIncident])).toEqual([
    ['lost', each(0)],
    ['overwritten', { ...each(0), analysis: 2 }],
    ['dropped', { ...each(2), 'price series': 0 }],
  ]);
  for (const { facts, load, rtoSeconds } of reports) {
    expect(facts.afterRestore).toEqual(each(2));
    expect(load.acknowledged).toBeGreaterThan(5);
    expect(load.lostOutside).toBe(0);
    expect(rtoSeconds).toBeGreaterThan(0);
  }
  expect(reports.find(({ incident }) => incident === 'dropped')?.load.lost).toBe(0);
  expect(code).toBe(0);
});
