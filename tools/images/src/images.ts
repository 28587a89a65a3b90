import { topology } from '@stocktool/topology';

export interface ImageSpec {
  /** `stocktool/<name>` is the repository. */
  readonly name: string;
  /** The project whose bundle it holds. */
  readonly project: string;
  /** What it brings besides its program. */
  readonly assets: 'none' | 'data';
  readonly memoryMegabytes: number;
  readonly nurseryMegabytes: number;
  /** Absent: it does its work and ends. */
  readonly server?: { readonly port: number; readonly grpcPort?: number; readonly healthPath: string };
}

const usingData: ReadonlySet<string> = new Set([
  topology.services.apiGateway.name,
  topology.services.chat.name,
  topology.services.analysisWorker.name,
]);

/** The five services; what runs in production. */
export const serviceImages: readonly ImageSpec[] = Object.values(topology.services).map((service) => ({
  name: service.name,
  project: `apps/${service.name}`,
  assets: usingData.has(service.name) ? 'data' : 'none',
  memoryMegabytes: service.memoryMegabytes,
  nurseryMegabytes: service.nurseryMegabytes,
  server: {
    port: service.httpPort,
    healthPath: '/health/live',
    ...('grpcPort' in service && { grpcPort: service.grpcPort }),
  },
}));

/** What a system in containers needs besides: the provisioner, an inbox, the embedded endpoint. */
export const localImages: readonly ImageSpec[] = [
  { name: 'provision', project: 'infra/provision', assets: 'none', memoryMegabytes: 256, nurseryMegabytes: 2 },
  {
    name: 'inbox',
    project: 'tools/inbox',
    assets: 'none',
    memoryMegabytes: 256,
    nurseryMegabytes: 2,
    server: { port: 4580, healthPath: '/messages.json' },
  },
  {
    name: 'local-aws',
    project: 'tools/local-aws',
    assets: 'none',
    memoryMegabytes: 1024,
    nurseryMegabytes: 2,
    server: { port: 4566, healthPath: '/_localstack/health' },
  },
];

export const repositoryOf = (name: string): string => `stocktool/${name}`;

/**
 * Of the memory, for the heap of the main thread. The rest is for code and buffers, and where a service computes, reads or makes reports
 * in threads, for the heaps of those too.
 */
const heapShare = 0.7;
const heapShareBesideThreads: Readonly<Record<string, number>> = {
  [topology.services.analysisWorker.name]: 0.35,
  [topology.services.chat.name]: 0.35,
  [topology.services.apiGateway.name]: 0.45,
};
/** Of the old generation; the young one is two half spaces and as much again for what it promotes from. */
const heapOf = ({ name, memoryMegabytes, nurseryMegabytes }: ImageSpec): number =>
  Math.floor(memoryMegabytes * (heapShareBesideThreads[name] ?? heapShare)) - 3 * nurseryMegabytes;

/** Arguments of `docker build` for one image, without its tags and its context. */
export function buildArguments(
  image: ImageSpec,
  origin: { version: string; revision: string; source: string },
): string[] {
  const { server } = image;
  const settings: Record<string, string> = {
    PROJECT: image.project,
    ASSETS: image.assets,
    TITLE: image.name,
    VERSION: origin.version,
    REVISION: origin.revision,
    SOURCE: origin.source,
    HEAP_MEGABYTES: String(heapOf(image)),
    NURSERY_MEGABYTES: String(image.nurseryMegabytes),
    ...(server && { PORT: String(server.port), HEALTH_PATH: server.healthPath }),
    ...(server?.grpcPort !== undefined && { GRPC_PORT: String(server.grpcPort) }),
  };
  return [
    '--target',
    server ? 'server' : 'program',
    ...Object.entries(settings).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
  ];
}
