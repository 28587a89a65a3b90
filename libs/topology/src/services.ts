export interface ServiceSpec {
  /** Also the log group `/stocktool/<name>` and the value of the Service dimension. */
  readonly name: string;
  readonly httpPort: number;
  readonly grpcPort?: number;
  readonly memoryMegabytes: number;
  /**
   * One half space of V8's young generation. A small one keeps an idle process small; a service whose every request makes garbage that
   * dies at once does more of them with a larger one.
   */
  readonly nurseryMegabytes: number;
}

export const services = {
  apiGateway: { name: 'api-gateway', httpPort: 3000, memoryMegabytes: 448, nurseryMegabytes: 16 },
  chat: { name: 'chat', httpPort: 3001, grpcPort: 50051, memoryMegabytes: 448, nurseryMegabytes: 2 },
  analysisWorker: { name: 'analysis-worker', httpPort: 3002, memoryMegabytes: 1024, nurseryMegabytes: 2 },
  notifier: { name: 'notifier', httpPort: 3003, memoryMegabytes: 256, nurseryMegabytes: 2 },
  metricsCollector: { name: 'metrics-collector', httpPort: 3004, memoryMegabytes: 256, nurseryMegabytes: 2 },
} as const satisfies Record<string, ServiceSpec>;

export type ServiceId = keyof typeof services;

export const functions = {
  stockUpdater: {
    name: 'stock-updater',
    memoryMegabytes: 256,
    timeoutSeconds: 300,
    /** Of an asynchronous invocation; then the event goes to the failure queue. */
    retries: 2,
    failureQueueName: 'stocktool-stock-updater-failed',
  },
} as const;

export interface ScheduleSpec {
  readonly name: string;
  readonly description: string;
  readonly function: keyof typeof functions;
  /** Five classic fields, by weekday. */
  readonly cron: string;
  readonly timeZone: string;
  /** What the function is called with. */
  readonly input: Readonly<Record<string, string>>;
}

export const schedules = {
  quotes: {
    name: 'stocktool-stock-updater',
    description: 'After the close of the US exchanges',
    function: 'stockUpdater',
    cron: '30 16 * * 1-5',
    timeZone: 'America/New_York',
    input: { schedule: 'quotes' },
  },
  upkeep: {
    name: 'stocktool-upkeep',
    description: 'News of what users watch; objects that no row points to',
    function: 'stockUpdater',
    cron: '15 6,10,14,18,22 * * 0-6',
    timeZone: 'America/New_York',
    input: { schedule: 'upkeep' },
  },
  weekly: {
    name: 'stocktool-weekly-reports',
    description: 'Weekly reports, once the week is over',
    function: 'stockUpdater',
    cron: '0 8 * * 6',
    timeZone: 'America/New_York',
    input: { schedule: 'weekly' },
  },
} as const satisfies Record<string, ScheduleSpec>;

export const logRetentionDays = 7;
export const logGroupOf = (name: string): string => `/stocktool/${name}`;

export interface SecretSpec {
  readonly name: string;
  /**
   * `made`: 32 random bytes in base64url, made when the secret is; during a rotation a list, of which the first signs.
   * `given`: what another company has given us, put in by people; empty until then.
   */
  readonly kind: 'made' | 'given';
  /** Of the JSON object. */
  readonly keys: readonly [string, ...string[]];
  /** How long what is signed by it is believed. */
  readonly signedForSeconds?: number;
}

/** How long a process goes on with a secret before it reads it again. */
export const secretKeptSeconds = 5 * 60;

export const secrets = {
  /** What only the gateway signs and reads. */
  apiKeys: { name: 'stocktool/api-keys', kind: 'made', keys: ['accessTokenKey'], signedForSeconds: 15 * 60 },
  /** What the gateway signs a caller with for chat. A secret of its own: chat must not be able to sign tokens. */
  userContext: { name: 'stocktool/user-context', kind: 'made', keys: ['userContextKey'], signedForSeconds: 60 },
  /** Of vendors of market data, by the names of the settings. ECS puts them into the services' environments. */
  marketDataKeys: {
    name: 'stocktool/market-data-keys',
    kind: 'given',
    keys: ['FINNHUB_API_KEY', 'ALPHA_VANTAGE_API_KEY'],
  },
  /** Of the chat service alone: language models, and search engines of the web. */
  chatKeys: {
    name: 'stocktool/chat-keys',
    kind: 'given',
    keys: ['OPENAI_API_KEY', 'AZURE_OPENAI_API_KEY', 'COMPATIBLE_API_KEY', 'BRAVE_API_KEY', 'TAVILY_API_KEY'],
  },
} as const satisfies Record<string, SecretSpec>;

export type SecretId = keyof typeof secrets;
