import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { awsSettings } from './aws';
import { eventually } from './client';
import { Footprint } from './footprint';
import { Load } from './load';
import { type Instance, RollingSystem } from './rolling-system';

const run = promisify(execFile);
const thisVersion = path.resolve(import.meta.dirname, '../..');
const versionBefore = process.env['PREVIOUS_VERSION'] ?? '';
const moreAnalyses = 15;

const rolling = new RollingSystem('versions');
const releasesFile = `${rolling.system.stateDirectory}.json`;
const releases: Record<string, string> = { provision: versionBefore };

function release(directory: string, instances: readonly Instance[]): void {
  for (const { name } of instances) releases[name] = directory;
  writeFileSync(releasesFile, JSON.stringify(releases));
}

/** A deployment of one instance of every service at the same time. */
async function deploy(directory: string, instances: readonly Instance[]): Promise<void> {
  release(directory, instances);
  await Promise.all(instances.map((instance) => rolling.restart(instance)));
  expect(instances.map(runningVersion)).toEqual(instances.map(() => directory));
}

function runningVersion({ name }: Instance): string {
  const processId = String(rolling.system.processes[name]);
  const command = execFileSync('ps', ['-ww', '-o', 'args=', '-p', processId], { encoding: 'utf8' });
  return /(\S+)\/apps\/[a-z-]+\/dist\/main\.js/.exec(command)?.[1] ?? command;
}

/** As a deployment begins: the account is brought to the topology of this version while the one before works in it. */
async function provisionThisVersion(): Promise<void> {
  const { region, endpoint, credentials } = awsSettings(rolling.system.awsUrl);
  await run(process.execPath, [path.join(thisVersion, 'infra/provision/dist/main.js')], {
    env: {
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      CONSOLE_ORIGINS: rolling.system.baseUrl,
    },
  });
}

const footprints: Footprint[] = [];

/** While both versions work: what either writes, the other reads and goes on with. */
async function bothVersionsShare(load: Load, [newGateway, oldGateway]: readonly [string, string]): Promise<void> {
  footprints.push(await Footprint.leftAt(newGateway), await Footprint.leftAt(oldGateway));
  for (const footprint of footprints) {
    const [seenByNew, seenByOld] = await Promise.all([footprint.seenAt(newGateway), footprint.seenAt(oldGateway)]);
    expect(seenByNew).toMatchObject(seenByOld);
    await footprint.goesOnAt(newGateway);
    await footprint.goesOnAt(oldGateway);
  }
  const before = load.analyses.length;
  await eventually('more analyses', () => Promise.resolve(load.analyses.length >= before + moreAnalyses));
}

/** Everything that was ever left is there for the version that now works alone. */
async function everythingIsKept(gateway: string): Promise<void> {
  for (const footprint of footprints) {
    await footprint.seenAt(gateway);
    await footprint.goesOnAt(gateway);
  }
}

beforeAll(async () => {
  release(versionBefore, rolling.instances);
  await rolling.start('--releases', releasesFile);
});
let load: Load | undefined;
afterAll(async () => {
  await load?.stop();
  await rolling.stop();
});

it('deploys this version beside the one before and takes it back, under load: no request fails, no stream breaks, both read what either wrote', async () => {
  const { system, first, second, gateways } = rolling;
  const [one = '', two = ''] = gateways.map(({ port }) => `http://127.0.0.1:${port}`);
  const users = new Load(rolling.baseUrl, system.apiKey);
  load = users;
  await eventually('the load is running', () => Promise.resolve(users.analyses.length > 5));
  footprints.push(await Footprint.leftAt(one));

  await provisionThisVersion();
  await deploy(thisVersion, first);
  await bothVersionsShare(users, [one, two]);
  await deploy(thisVersion, second);
  await everythingIsKept(two);

  await deploy(versionBefore, first);
  await bothVersionsShare(users, [two, one]);
  await footprints.pop()?.deletedAt(two);
  await deploy(versionBefore, second);
  await everythingIsKept(one);
  await users.stop();

  expect(users.failures).toEqual([]);
  const ends = system.output.split('\n').filter((line) => line.includes('started again'));
  expect(ends.filter((line) => !line.includes('ended with code 0;'))).toEqual([]);
  expect(ends).toHaveLength(2 * rolling.instances.length);
  await rolling.everythingArrived(users);
  await rolling.noDeadLetters();
  process.stdout.write(
    `versions: ${users.requests} requests, ${users.streams} streams (${users.resumes} resumed), ${users.analyses.length} analyses, 0 failed\n`,
  );
}, 300_000);
