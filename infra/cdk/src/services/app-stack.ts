import { Stack, type StackProps } from 'aws-cdk-lib';
import { Port } from 'aws-cdk-lib/aws-ec2';
import { type ICluster, Secret } from 'aws-cdk-lib/aws-ecs';
import { Key, type IKey } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret as StoredSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { type ServiceId, type ServiceSpec, topology } from '@stocktool/topology';
import type { Construct } from 'constructs';
import { imageTagParameter } from '../delivery/repositories';
import type { Environment } from '../environments';
import { internalTls, ServiceCluster } from './cluster';
import { Edge } from './edge';
import { Network } from './network';
import { Observability } from './observability';
import { scaleByBacklog, scaleByProcessor, scaleByRequests } from './scaling';
import { Service, type ServiceParts } from './service';
import { StockUpdater } from './stock-updater';

export interface AppProps extends StackProps {
  readonly environment: Environment;
  /** Of the data stack. */
  readonly key: IKey;
  readonly accessLogsName: string;
  readonly mailSecretArn: string;
  readonly marketDataKeysArn: string;
  readonly chatKeysArn: string;
  /** The stock updater's zip, or a folder. */
  readonly functionBundle: string;
}

/** One task works these off in the time that a message may wait: 30 s for an analysis, 10 s for a notification or a metric. */
const messagesPerTask = { analysis: 60, notifications: 500, metrics: 200 } as const;
const requestsPerTask = 6000;

/** What a release replaces: network, services, edge, function, alarms. Holds no data. */
export class AppStack extends Stack {
  constructor(scope: Construct, id: string, props: AppProps) {
    const { environment, key, accessLogsName, mailSecretArn, marketDataKeysArn, chatKeysArn, functionBundle } = props;
    super(scope, id, { ...props, terminationProtection: environment.retainData });
    // By ARN: grants made here must not be written into the policies of the data stack, which would make the stacks need each other.
    const ownKey = Key.fromKeyArn(this, 'key', key.keyArn);
    const logs = Bucket.fromBucketName(this, 'accessLogs', accessLogsName);
    const stored = (name: string, secretCompleteArn: string): ISecret =>
      StoredSecret.fromSecretAttributes(this, name, { secretCompleteArn, encryptionKey: ownKey });
    const network = new Network(this, 'network', { ...environment, key: ownKey });
    const cluster = new ServiceCluster(this, 'cluster', network.vpc) as ICluster;
    const parts: ServiceParts = {
      environment,
      network,
      cluster,
      key: ownKey,
      imageTag: StringParameter.valueForStringParameter(this, imageTagParameter),
      ...(environment.internalTls && { tls: internalTls(this, ownKey) }),
    };
    const services = makeServices(this, parts, {
      smtpUrl: Secret.fromSecretsManager(stored('mail', mailSecretArn), 'SMTP_URL'),
      vendorKeys:
        environment.marketData.mode === 'live'
          ? keysOf('marketDataKeys', stored('marketDataKeys', marketDataKeysArn))
          : {},
      chatKeys: environment.models.order.length > 0 ? keysOf('chatKeys', stored('chatKeys', chatKeysArn)) : {},
    });
    const edge = new Edge(this, 'edge', {
      ...environment,
      vpc: network.vpc,
      gateway: services.apiGateway,
      accessLogs: logs,
      key: ownKey,
    });
    scale(environment, services, cluster, edge);
    new StockUpdater(this, 'stockUpdater', { ...environment, key: ownKey, bundle: functionBundle });
    new Observability(this, 'observability');
  }
}

type Services = Readonly<Record<ServiceId, Service>>;

interface TaskSecrets {
  readonly smtpUrl: Secret;
  readonly vendorKeys: Readonly<Record<string, Secret>>;
  readonly chatKeys: Readonly<Record<string, Secret>>;
}

const keysOf = (id: 'marketDataKeys' | 'chatKeys', stored: ISecret): Record<string, Secret> =>
  Object.fromEntries(topology.secrets[id].keys.map((name) => [name, Secret.fromSecretsManager(stored, name)]));

function makeServices(scope: Construct, parts: ServiceParts, secretsOf: TaskSecrets): Services {
  const { smtpUrl, vendorKeys, chatKeys } = secretsOf;
  const make = (service: ServiceId, interruptible: boolean, secrets: Readonly<Record<string, Secret>> = {}): Service =>
    new Service(scope, service, { ...parts, service, interruptible, secrets });
  const services: Services = {
    apiGateway: make('apiGateway', false, vendorKeys),
    chat: make('chat', false, { ...vendorKeys, ...chatKeys }),
    analysisWorker: make('analysisWorker', true, vendorKeys),
    notifier: make('notifier', true, { SMTP_URL: smtpUrl }),
    metricsCollector: make('metricsCollector', true),
  };
  const { apiGateway, ...others } = services;
  for (const [id, service] of Object.entries(others) as [keyof typeof others, Service][]) {
    const { httpPort, grpcPort }: ServiceSpec = topology.services[id];
    service.admit(apiGateway, Port.tcp(httpPort), 'Health, asked by the gateway');
    if (grpcPort !== undefined) service.admit(apiGateway, Port.tcp(grpcPort), 'gRPC of the gateway');
    // A name is known to its clients only after the service that has it.
    apiGateway.fargate.node.addDependency(service.fargate);
  }
  return services;
}

function scale({ sizes }: Environment, services: Services, cluster: ICluster, { targetGroup }: Edge): void {
  scaleByRequests(services.apiGateway.fargate, sizes.apiGateway, { targetGroup, requestsPerTask });
  scaleByProcessor(services.chat.fargate, sizes.chat);
  const consumers = { analysis: 'analysisWorker', notifications: 'notifier', metrics: 'metricsCollector' } as const;
  for (const queue of ['analysis', 'notifications', 'metrics'] as const)
    scaleByBacklog(services[consumers[queue]].fargate, sizes[consumers[queue]], {
      queue,
      messagesPerTask: messagesPerTask[queue],
      cluster,
    });
}
