import { type ServiceId, topology } from '@stocktool/topology';
import { bucketSuffix } from '../data/buckets';
import type { Environment } from '../environments';

const { services } = topology;

const others = Object.values(services)
  .filter(({ name }) => name !== services.apiGateway.name)
  .map(({ name, httpPort }) => `${name}=http://${name}:${httpPort}/health/live`)
  .join(',');

/** Also for the function. Keys of vendors are no setting. */
export const marketEnvironment = ({
  marketData,
  sizes,
}: Pick<Environment, 'marketData' | 'sizes'>): Record<string, string> => ({
  MARKET_DATA: marketData.mode,
  ...(marketData.mode === 'live' && {
    MARKET_DATA_VENDORS: marketData.vendors.join(','),
    MARKET_DATA_PROCESSES: String(processesOf(sizes)),
  }),
});

/** Usually: the least of each service that reads market data, and the function. Beyond, vendors say when it is too much. */
const processesOf = ({ apiGateway, chat, analysisWorker }: Environment['sizes']): number =>
  apiGateway.leastTasks + chat.leastTasks + analysisWorker.leastTasks + 1;

const modelEnvironment = ({ models }: Pick<Environment, 'models'>): Record<string, string> => {
  const { order, azureEndpoint, compatibleBaseUrl } = models;
  if (order.length === 0) return {};
  return {
    MODELS: order.join(','),
    ...(azureEndpoint !== undefined && { AZURE_OPENAI_ENDPOINT: azureEndpoint }),
    ...(compatibleBaseUrl !== undefined && { COMPATIBLE_BASE_URL: compatibleBaseUrl }),
  };
};

/**
 * What a service reads from its environment here; nothing secret, which services read from Secrets Manager themselves.
 * NODE_OPTIONS is the image's, made from the same memory of the topology.
 */
export function environmentOf(
  service: ServiceId,
  { domainName, mailFrom, adminEmails, marketData, models, sizes }: Environment,
): Record<string, string> {
  const publicUrl = `https://${domainName}`;
  const market = marketEnvironment({ marketData, sizes });
  const own: Partial<Record<ServiceId, Record<string, string>>> = {
    apiGateway: {
      PUBLIC_URL: publicUrl,
      ADMIN_EMAILS: adminEmails.join(','),
      CHAT_GRPC_URL: `${services.chat.name}:${services.chat.grpcPort}`,
      SERVICE_HEALTH_URLS: others,
      TRUSTED_PROXY_HOPS: '1',
      ...market,
    },
    chat: { GRPC_URL: `0.0.0.0:${services.chat.grpcPort}`, ...market, ...modelEnvironment({ models }) },
    analysisWorker: market,
    notifier: { PUBLIC_URL: publicUrl, MAIL_FROM: mailFrom },
  };
  const { name, httpPort } = services[service];
  return {
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    PORT: String(httpPort),
    AWS_SDK_UA_APP_ID: name,
    S3_BUCKET_SUFFIX: bucketSuffix,
    DRAIN_GRACE_SECONDS: String(topology.stopping.aws.graceSeconds),
    DRAIN_SECONDS: String(topology.stopping.aws.drainSeconds),
    ...own[service],
  };
}
