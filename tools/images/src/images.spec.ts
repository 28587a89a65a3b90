import { readFileSync } from 'node:fs';
import path from 'node:path';
import { topology } from '@stocktool/topology';
import { parse } from 'yaml';
import { root } from './docker';
import { buildArguments, serviceImages } from './images';
import { packageClosure } from './package-closure';

interface ComposeService {
  image: string;
  mem_limit?: string;
  read_only?: boolean;
  init?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  privileged?: boolean;
  user?: string;
  ports?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
}

const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
const { services, ...rest } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
const origin = { version: '1.2.3', revision: 'abc', source: 'https://example.org' };

describe('docker-compose.yml', () => {
  it.each(Object.values(topology.services))(
    'runs $name as the topology says, with nothing it does not need',
    (spec) => {
      const service = services[spec.name];
      expect(service).toMatchObject({
        mem_limit: `${spec.memoryMegabytes}m`,
        read_only: true,
        init: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        environment: { AWS_SDK_UA_APP_ID: spec.name, AWS_REGION: topology.region },
        depends_on: { provision: { condition: 'service_completed_successfully' } },
      });
      expect(service?.privileged).toBeUndefined();
      expect(service?.user).toBeUndefined();
      expect(service?.ports).toEqual([expect.stringMatching(new RegExp(`:${spec.httpPort}$`))]);
    },
  );

  it('publishes ports on the loopback interface only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports).toHaveLength(7);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('takes an emulator at a version that needs no account, unless another is named', () => {
    expect(services['aws']?.image).toBe('${AWS_EMULATOR_IMAGE:-localstack/localstack:4.14.0}');
  });

  it('keeps to what Compose 1.29 and 2 both read', () => {
    for (const key of Object.keys(rest)) expect(key).toMatch(/^x-/);
    expect(text).not.toMatch(/start_interval|required:|^include:|^name:/m);
  });
});

describe('the images', () => {
  it('are one for each service, with its port, and a heap that leaves room in its memory', () => {
    expect(serviceImages.map(({ name }) => name)).toEqual(Object.values(topology.services).map(({ name }) => name));
    for (const image of serviceImages) {
      const given = buildArguments(image, origin);
      expect(given).toContain(`PORT=${image.server?.port}`);
      const heap = Number(/HEAP_MEGABYTES=(\d+)/.exec(given.join(' '))?.[1]);
      expect(heap).toBeGreaterThan(image.memoryMegabytes / 4);
      expect(heap).toBeLessThan(0.75 * image.memoryMegabytes);
    }
  });

  it('come from a Dockerfile whose every argument is declared', () => {
    const given = serviceImages.flatMap((image) => buildArguments(image, origin)).join(' ');
    for (const [, name] of given.matchAll(/--build-arg ([A-Z_]+)=/g))
      expect(dockerfile).toMatch(new RegExp(`^ARG ${name}\\b`, 'm'));
  });

  it('use only what BuildKit and the classic builder both understand, and run as a number that is not root', () => {
    expect(dockerfile).not.toMatch(/^# *syntax=|<<|--link|--chmod|--mount/m);
    expect(dockerfile).toMatch(/^USER 65532:65532$/m);
    expect(dockerfile.match(/^USER /gm)).toHaveLength(1);
  });
});

it('finds everything that the DynamoDB engine needs beside it', () => {
  const names = [...packageClosure('dynalite').keys()];
  for (const name of ['dynalite', 'lock', 'memory-level', 'abstract-level'])
    expect(names).toContain(`node_modules/${name}`);
});
