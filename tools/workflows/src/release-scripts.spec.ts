import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './workflow-files';

/** Stand-ins for the two programs of others that the scripts call: they note each call and answer from files. */
const docker = `#!/usr/bin/env bash
echo "docker $*" >>"$CALLS"
if [ "$1" = save ]; then cd "$ANSWERS" && tar -c manifest.json; fi`;
const aws = `#!/usr/bin/env bash
echo "aws $*" >>"$CALLS"
case "$2 $*" in
*batch-get-image*) if grep -q 'docker push' "$CALLS" || [ -e "$ANSWERS/pushed" ]; then cat "$ANSWERS/image.json"; else echo null; fi ;;
*register-task-definition*) cp "\${@: 4:1}" /dev/null 2>/dev/null; file=$(sed 's/.*file:..//; s/ .*//' <<<"$*"); cp "$file" "$ANSWERS/registered.json"; echo arn:chat:8 ;;
*describe-task-definition*) cat "$ANSWERS/definition.json" ;;
*describe-services*PRIMARY*) printf '%s\\t%s\\n' "$(cat "$ANSWERS/primary")" COMPLETED ;;
*describe-services*) echo arn:chat:7 ;;
esac`;

const tested = `sha256:${'a'.repeat(64)}`;
const pushedDigest = `sha256:${'d'.repeat(64)}`;
const definition = {
  taskDefinition: {
    taskDefinitionArn: 'arn:chat:7',
    revision: 7,
    status: 'ACTIVE',
    family: 'stocktool-chat',
    cpu: '256',
    containerDefinitions: [
      { name: 'chat', image: 'old', essential: true },
      { name: 'proxy', image: 'other' },
    ],
  },
  tags: [{ key: 'application', value: 'stocktool' }],
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'release-scripts-'));
  mkdirSync(path.join(directory, 'bin'));
  for (const [name, text] of Object.entries({ docker, aws })) {
    writeFileSync(path.join(directory, 'bin', name), text);
    chmodSync(path.join(directory, 'bin', name), 0o755);
  }
  answer('manifest.json', [{ Config: `blobs/sha256/${'a'.repeat(64)}` }]);
  answer('definition.json', definition);
  answer('image.json', image(tested));
  writeFileSync(path.join(directory, 'primary'), 'arn:chat:8');
  writeFileSync(path.join(directory, 'calls'), '');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const answer = (name: string, value: unknown) => writeFileSync(path.join(directory, name), JSON.stringify(value));
const image = (config: string) => ({
  imageId: { imageDigest: pushedDigest, imageTag: 'commit' },
  imageManifest: JSON.stringify({ config: { digest: config } }),
});
const calls = () => readFileSync(path.join(directory, 'calls'), 'utf8');

function run(script: string, arguments_: string[], environment: Record<string, string>) {
  const { status, stderr } = spawnSync('bash', [path.join(root, 'tools/ci', script), ...arguments_], {
    encoding: 'utf8',
    cwd: directory,
    env: {
      PATH: `${path.join(directory, 'bin')}:${process.env['PATH']}`,
      CALLS: path.join(directory, 'calls'),
      ANSWERS: directory,
      ...environment,
    },
  });
  return { status, stderr };
}

describe('publish-images.sh', () => {
  const publish = (known = tested) =>
    run('publish-images.sh', ['images', path.join(directory, 'output')], {
      REGISTRY: 'registry.example',
      TAG: 'commit',
      TESTED: JSON.stringify({ chat: known }),
    });
  const output = () => readFileSync(path.join(directory, 'output'), 'utf8');

  it('pushes what was tested and gives the digest that the registry holds', () => {
    expect(publish()).toMatchObject({ status: 0 });
    expect(calls()).toContain('docker push --quiet registry.example/stocktool/chat:commit');
    expect(output()).toBe(`digests={"chat":"${pushedDigest}"}\n`);
  });

  it('pushes nothing that was not tested', () => {
    const { status, stderr } = publish(`sha256:${'b'.repeat(64)}`);
    expect([status, stderr]).toEqual([1, expect.stringContaining('was tested')]);
    expect(calls()).not.toContain('push');
    expect(existsSync(path.join(directory, 'output'))).toBe(false);
  });

  it('gives no digest when the registry holds something else under the tag', () => {
    writeFileSync(path.join(directory, 'pushed'), '');
    answer('image.json', image(`sha256:${'c'.repeat(64)}`));
    expect(publish()).toMatchObject({ status: 1, stderr: expect.stringContaining('the registry holds') });
    expect(existsSync(path.join(directory, 'output'))).toBe(false);
  });

  it('does not push a second time', () => {
    writeFileSync(path.join(directory, 'pushed'), '');
    expect(publish()).toMatchObject({ status: 0 });
    expect(calls()).not.toContain('docker push');
  });
});

describe('ecs-release.sh', () => {
  const release = (what: string) =>
    run('ecs-release.sh', [what], {
      CLUSTER: 'stocktool',
      REGISTRY: 'registry.example',
      TAG: 'commit',
      DIGESTS: JSON.stringify({ chat: pushedDigest }),
      NOTED: path.join(directory, 'noted/before.json'),
    });

  it('runs the image by its digest, in a copy of the running definition', () => {
    expect(release('deploy')).toMatchObject({ status: 0 });
    const { taskDefinition } = definition;
    expect(JSON.parse(readFileSync(path.join(directory, 'registered.json'), 'utf8'))).toEqual({
      family: taskDefinition.family,
      cpu: taskDefinition.cpu,
      containerDefinitions: [
        { name: 'chat', image: `registry.example/stocktool/chat@${pushedDigest}`, essential: true },
        { name: 'proxy', image: 'other' },
      ],
      tags: definition.tags,
    });
    expect(calls()).toMatch(/update-service .*--service chat --task-definition arn:chat:8/);
    expect(calls()).toContain('wait services-stable');
  });

  it('fails when ECS went back by itself, which it also calls stable', () => {
    writeFileSync(path.join(directory, 'primary'), 'arn:chat:7');
    expect(release('deploy')).toMatchObject({ status: 1, stderr: expect.stringContaining('took the release back') });
  });

  it('goes back to what ran before', () => {
    release('deploy');
    writeFileSync(path.join(directory, 'calls'), '');
    expect(release('rollback')).toMatchObject({ status: 0 });
    expect(calls()).toMatch(/update-service .*--service chat --task-definition arn:chat:7/);
  });

  it('has nothing to go back to when nothing was released', () => {
    expect(release('rollback')).toMatchObject({ status: 1, stderr: expect.stringContaining('nothing to take back') });
  });

  it('names the release for the stacks', () => {
    expect(release('settle')).toMatchObject({ status: 0 });
    expect(calls()).toContain('ssm put-parameter --name /stocktool/image-tag --value commit');
  });
});
