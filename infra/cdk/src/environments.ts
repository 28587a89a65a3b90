import type { ServiceId } from '@stocktool/topology';

export interface TaskSize {
  /** Fargate units of 1/1024 processor. */
  readonly cpu: 256 | 512 | 1024 | 2048;
  /** Of the whole task, proxy included; the container's own limit is the topology's. */
  readonly memoryMegabytes: 512 | 1024 | 2048 | 4096;
  readonly leastTasks: number;
  readonly mostTasks: number;
}

export interface SecondRegion {
  readonly region: string;
  /** Third member of the quorum; holds no readable data. Must be in the same set of regions as the other two. */
  readonly witness: string;
}

type Vendor = 'yahoo' | 'finnhub' | 'alpha-vantage';

/** Keys of vendors are in a secret; Yahoo has none. */
export type MarketDataSetting =
  | { readonly mode: 'bundled' }
  | {
      readonly mode: 'live';
      /** In order of preference. */
      readonly vendors: readonly [Vendor, ...Vendor[]];
    };

/** Keys of models are in a secret. */
export interface ModelSetting {
  /** As in the chat service's `MODELS`; none: the offline model answers. */
  readonly order: readonly string[];
  readonly azureEndpoint?: string;
  readonly compatibleBaseUrl?: string;
}

/** What differs between the places that the system runs in; everything else is the same code. One AWS account each. */
export interface Environment {
  readonly name: 'staging' | 'production';
  readonly domainName: string;
  readonly mailFrom: string;
  readonly adminEmails: readonly string[];
  /** Deleting the stack keeps tables, buckets and keys, and the stack itself is protected. */
  readonly retainData: boolean;
  readonly natGateways: number;
  /** Without them every service goes through the NAT gateway; with them only services that the topology lets out. */
  readonly interfaceEndpoints: boolean;
  /** TLS between services, by a private certificate authority that costs a fixed sum a month. */
  readonly internalTls: boolean;
  /** `repo:owner/name:environment:NAME`, the subject of the pipeline's token. */
  readonly gitHubSubject: string;
  readonly marketData: MarketDataSetting;
  readonly models: ModelSetting;
  readonly sizes: Readonly<Record<ServiceId, TaskSize>>;
  /** Absent: one region. */
  readonly secondRegion?: SecondRegion;
}

const small = { cpu: 256, memoryMegabytes: 512 } as const;
const medium = { cpu: 512, memoryMegabytes: 1024 } as const;
const large = { cpu: 1024, memoryMegabytes: 2048 } as const;

export const staging: Environment = {
  name: 'staging',
  domainName: 'staging.stocktool.example',
  mailFrom: 'StockTool staging <noreply@staging.stocktool.example>',
  adminEmails: ['operations@stocktool.example'],
  retainData: false,
  natGateways: 1,
  interfaceEndpoints: false,
  internalTls: false,
  gitHubSubject: 'repo:stocktool/stocktool:environment:staging',
  marketData: { mode: 'bundled' },
  models: { order: [] },
  sizes: {
    apiGateway: { ...small, leastTasks: 1, mostTasks: 2 },
    chat: { ...small, leastTasks: 1, mostTasks: 2 },
    analysisWorker: { ...large, leastTasks: 1, mostTasks: 2 },
    notifier: { ...small, leastTasks: 1, mostTasks: 2 },
    metricsCollector: { ...small, leastTasks: 1, mostTasks: 2 },
  },
};

export const production: Environment = {
  name: 'production',
  domainName: 'stocktool.example',
  mailFrom: 'StockTool <noreply@stocktool.example>',
  adminEmails: ['operations@stocktool.example'],
  retainData: true,
  natGateways: 2,
  interfaceEndpoints: true,
  internalTls: true,
  gitHubSubject: 'repo:stocktool/stocktool:environment:production',
  marketData: { mode: 'bundled' },
  models: { order: [] },
  sizes: {
    apiGateway: { ...medium, leastTasks: 2, mostTasks: 20 },
    chat: { ...medium, leastTasks: 2, mostTasks: 40 },
    analysisWorker: { ...large, leastTasks: 2, mostTasks: 100 },
    notifier: { ...small, leastTasks: 2, mostTasks: 20 },
    metricsCollector: { ...small, leastTasks: 2, mostTasks: 10 },
  },
};

export const environments: readonly Environment[] = [staging, production];
