import { rmSync } from 'node:fs';
import { OwnSystem } from './own-system';
import { stateDirectory } from './client';

const offset = Number(process.env['E2E_PORT_OFFSET'] ?? 12_000) + 3000;

interface Report {
  readonly facts: Record<'afterLoss' | 'afterRestore', Record<string, number>>;
  readonly load: { acknowledged: number; lostOutside: number };
  readonly rpoSeconds: number;
  readonly rtoSeconds: number;
}

it('what was lost under load, rows and objects, is shown by the API again after the restore that operators use', async () => {
  const runner = new OwnSystem(offset, `${stateDirectory}-drill`);
  const { code, output } = await runner.command(
    'drill',
    { DRILL_PORT_OFFSET: String(offset), LOCAL_AWS_RECOVERY_LAG_SECONDS: '1' },
    ...['--users', '2', '--writers', '2', '--seconds', '1'],
  );
  rmSync(runner.stateDirectory, { recursive: true, force: true });
  const report = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Report;
  const each = (count: number) => ({ account: count, analysis: count, subscription: count, 'price series': count });
  expect(report.facts).toMatchObject({ afterLoss: each(0), afterRestore: each(2) });
  expect(report.load.acknowledged).toBeGreaterThan(5);
  expect(report.load.lostOutside).toBe(0);
  expect(report.rtoSeconds).toBeGreaterThan(0);
  expect(code).toBe(0);
});
