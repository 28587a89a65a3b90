import { accessSync, constants, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, type Job, jobs, labelOf, type Located, root, type Step, textOf, workflows } from './workflow-files';

const stepsOf = ({ steps = [] }: Job): readonly Step[] => steps;
const allSteps = jobs.flatMap(({ job }) => stepsOf(job));
const does = (job: Job, what: RegExp) =>
  stepsOf(job).some(({ run = '', uses = '' }) => what.test(run) || what.test(uses));
const job = (file: string, name: string): Job => {
  const found = workflows[file]?.jobs[name];
  if (found === undefined) throw new Error(`${file} has no job ${name}`);
  return found;
};

const pushers = jobs.filter(({ job: each }) => does(each, /amazon-ecr-login|publish-images|docker(\.exe)? push/));

describe('no image is pushed unless the same commit passed against LocalStack', () => {
  it('knows the jobs that can push', () => {
    expect(pushers.map(labelOf)).toEqual(['release-to.yml publish', 'release-to.yml attest']);
    // Without a token of GitHub's nobody becomes the role that may push.
    const mayBecomeRole = jobs.filter(({ job: each }) => each.permissions?.['id-token'] === 'write');
    expect(mayBecomeRole.map(labelOf)).toEqual([
      'deploy.yml staging',
      'deploy.yml production',
      'release-to.yml publish',
      'release-to.yml attest',
      'release-to.yml release',
    ]);
  });

  it.each(pushers.map((each): [string, Located] => [labelOf(each), each]))('%s', (_label, pusher) => {
    const ways = before(pusher);
    expect(ways.length).toBeGreaterThan(0);
    for (const way of ways) {
      expect(way.map(labelOf)).toContain('ci.yml localstack');
      // A condition of its own would let a job begin after one that failed.
      for (const { job: each } of [...way, pusher]) {
        expect(each.if).toBeUndefined();
        expect(each['continue-on-error']).toBeUndefined();
      }
    }
  });

  it('runs the integration suite against that LocalStack, and a failure of it counts', () => {
    const localstack = job('ci.yml', 'localstack');
    expect(localstack.services?.['localstack']?.image).toBe('localstack/localstack:4.14.0');
    expect(does(localstack, /^npm run integration -- --backend localstack=http:\/\/localhost:4566$/)).toBe(true);
    for (const { job: each } of jobs)
      for (const step of stepsOf(each)) expect(step['continue-on-error']).toBeUndefined();
    for (const step of stepsOf(localstack)) expect(step.if).toBeUndefined();
  });

  it('speaks of one commit: nothing checks out another, and no run begins from another', () => {
    for (const { uses = '', with: given = {} } of allSteps)
      if (uses.startsWith('actions/checkout@')) {
        expect(given).not.toHaveProperty('ref');
        expect(given).not.toHaveProperty('repository');
      }
    for (const { uses = '', with: given = {} } of allSteps)
      if (uses.startsWith('actions/download-artifact@')) expect(given).not.toHaveProperty('run-id');
    for (const { on } of Object.values(workflows)) {
      expect(Object.keys(on)).not.toContain('workflow_run');
      expect(Object.keys(on)).not.toContain('pull_request_target');
    }
  });
});

it('runs the version before beside this one, with its commit in the clone, before anything is deployed', () => {
  const steps = stepsOf(job('ci.yml', 'versions'));
  expect(steps[0]?.with).toMatchObject({ 'fetch-depth': 0 });
  expect(steps.at(-1)).toMatchObject({
    run: 'tools/ci/versions.sh',
    env: { BEFORE: '${{ github.event.pull_request.base.sha || github.event.before }}' },
  });
  for (const pusher of pushers) for (const way of before(pusher)) expect(way.map(labelOf)).toContain('ci.yml versions');
});

describe('what is deployed is what was tested', () => {
  const commands = (file: string, name: string) => stepsOf(job(file, name)).flatMap(({ run }) => run ?? []);

  it('names the images after the suite ran against them, with nothing built in between', () => {
    expect(commands('ci.yml', 'images')).toEqual([
      'npm run images',
      'npm run e2e:containers -- --built',
      'tools/ci/save-images.sh dist/images "$GITHUB_OUTPUT"',
    ]);
    expect(job('ci.yml', 'images').outputs?.['tested']).toBe('${{ steps.save.outputs.tested }}');
    expect(workflows['ci.yml']?.on['workflow_call']?.outputs?.['tested']?.value).toBe(
      '${{ jobs.images.outputs.tested }}',
    );
  });

  it('hands those names to what pushes, and the digests of what was pushed to what releases', () => {
    for (const name of ['staging', 'production'])
      expect(job('deploy.yml', name).with?.['tested']).toBe('${{ needs.checks.outputs.tested }}');
    const publish = job('release-to.yml', 'publish');
    const step = stepsOf(publish).find(({ run = '' }) => run.startsWith('tools/ci/publish-images.sh'));
    expect(step).toMatchObject({ id: 'publish', env: { TESTED: '${{ inputs.tested }}', TAG: '${{ github.sha }}' } });
    expect(publish.outputs?.['digests']).toBe('${{ steps.publish.outputs.digests }}');
    expect(job('release-to.yml', 'release').env?.['DIGESTS']).toBe('${{ needs.publish.outputs.digests }}');
    const builders = jobs.filter(({ job: each }) => does(each, /npm run images|docker build|build-push-action/));
    expect(builders.map(labelOf)).toEqual(['ci.yml images']);
  });

  it('goes to production only after staging, where somebody has to approve', () => {
    expect(job('deploy.yml', 'production').needs).toEqual(['checks', 'staging']);
    expect(job('deploy.yml', 'production').with?.['environment']).toBe('production');
    for (const name of ['publish', 'attest', 'release'])
      expect(JSON.stringify(job('release-to.yml', name).environment)).toContain('${{ inputs.environment }}');
  });

  it('takes back a release that does not work', () => {
    const last = stepsOf(job('release-to.yml', 'release')).slice(-4);
    expect(last.map(({ run, if: condition }) => [run, condition])).toEqual([
      ['tools/ci/ecs-release.sh deploy', undefined],
      ['tools/ci/smoke.sh "$BASE_URL"', undefined],
      ['tools/ci/ecs-release.sh settle', undefined],
      ['tools/ci/ecs-release.sh rollback', 'failure()'],
    ]);
  });
});

describe.each(Object.entries(workflows))('%s', (file, workflow) => {
  it('gives nothing by default and little to each job', () => {
    expect(workflow.permissions).toEqual({});
    for (const each of Object.values(workflow.jobs)) {
      expect(each.permissions).toBeDefined();
      if (each.uses === undefined) expect(each['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('pins every action by its commit, and says which version that is', () => {
    for (const line of textOf(file)
      .split('\n')
      .filter((text) => /\buses:/.test(text)))
      expect(line).toMatch(
        /uses: (\.\/\.github\/workflows\/[a-z-]+\.yml$|[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)/,
      );
  });

  it('has only steps of one line, which call what also runs elsewhere and into which nothing is pasted', () => {
    for (const each of Object.values(workflow.jobs))
      for (const { run } of stepsOf(each)) {
        if (run === undefined) continue;
        expect(run).toMatch(/^(npm (ci|run [\w:]+)( |$)|tools\/ci\/[\w-]+\.sh( |$)|docker load )/);
        expect(run).not.toMatch(/\n|\$\{\{|&&|;|\|/);
        const script = /^tools\/ci\/[\w-]+\.sh/.exec(run)?.[0];
        if (script !== undefined) accessSync(path.join(root, script), constants.X_OK);
        const [, npmScript] = /^npm run ([\w:]+)/.exec(run) ?? [];
        if (npmScript !== undefined) expect(scripts).toHaveProperty([npmScript]);
      }
  });
});

const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
