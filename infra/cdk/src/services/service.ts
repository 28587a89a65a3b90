import { Duration } from 'aws-cdk-lib';
import { type Port, SecurityGroup, Peer, Port as Ports, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AppProtocol,
  AwsLogDriverMode,
  Capability,
  type CapacityProviderStrategy,
  type ICluster,
  ContainerImage,
  type ContainerDefinition,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
  type PortMapping,
  type Secret,
  type ServiceConnectTlsConfiguration,
} from 'aws-cdk-lib/aws-ecs';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { outside, type ServiceId, type ServiceSpec, stopTimeoutSeconds, topology } from '@stocktool/topology';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../acknowledge';
import type { Environment } from '../environments';
import { repositoryName } from '../delivery/repositories';
import { environmentOf } from './environment-of';
import type { Network } from './network';
import { TaskRole } from './task-role';

/** A user of its own that owns no file of the image. */
const nobody = '65532:65532';

export interface ServiceParts {
  readonly environment: Environment;
  readonly network: Network;
  readonly cluster: ICluster;
  readonly key: IKey;
  readonly imageTag: string;
  readonly tls?: ServiceConnectTlsConfiguration;
}

interface ServiceProps extends ServiceParts {
  readonly service: ServiceId;
  /** Work that another task can take over may run on spare capacity; the first task never does. */
  readonly interruptible: boolean;
  readonly secrets?: Readonly<Record<string, Secret>>;
}

/** One service on Fargate: its task, its role, its place in the network, and a release that undoes itself when it fails. */
export class Service extends Construct {
  readonly fargate: FargateService;
  readonly group: SecurityGroup;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { service, cluster, environment, network, interruptible, tls } = props;
    const spec: ServiceSpec = topology.services[service];
    const outsideCalls = outside[service];
    this.group = securityGroup(this, network.vpc, spec.name, outsideCalls?.ports);
    const container = addTask(this, props, spec);
    this.fargate = new FargateService(this, 'service', {
      serviceName: spec.name,
      cluster,
      taskDefinition: container.taskDefinition,
      desiredCount: environment.sizes[service].leastTasks,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      capacityProviderStrategies: interruptible ? mostlySpare : always,
      vpcSubnets: network.subnetsFor({ callsOutside: outsideCalls !== undefined }),
      securityGroups: [this.group],
      assignPublicIp: false,
      enableExecuteCommand: false,
      ...(service === 'apiGateway' && { healthCheckGracePeriod: Duration.seconds(30) }),
      serviceConnectConfiguration: {
        services: portsOf(spec).map(({ name = '', containerPort }) => ({
          portMappingName: name,
          discoveryName: name,
          dnsName: spec.name,
          port: containerPort,
          // Streams last as long as a reply; a proxy that cuts them would lose answers.
          idleTimeout: Duration.minutes(10),
          perRequestTimeout: Duration.seconds(0),
          ...(tls && { tls }),
        })),
      },
    });
  }

  /** Lets tasks of another service in. */
  admit(other: Service, port: Port, why: string): void {
    this.group.addIngressRule(other.group, port, why);
  }
}

const mostlySpare: CapacityProviderStrategy[] = [
  { capacityProvider: 'FARGATE', base: 1, weight: 1 },
  { capacityProvider: 'FARGATE_SPOT', weight: 4 },
];
const always: CapacityProviderStrategy[] = [{ capacityProvider: 'FARGATE', weight: 1 }];

const portsOf = ({ httpPort, grpcPort }: ServiceSpec): PortMapping[] => [
  { name: 'http', containerPort: httpPort, appProtocol: AppProtocol.http },
  ...(grpcPort === undefined ? [] : [{ name: 'grpc', containerPort: grpcPort, appProtocol: AppProtocol.grpc }]),
];

function securityGroup(scope: Construct, vpc: IVpc, name: string, outsidePorts: readonly number[] = []): SecurityGroup {
  const group = new SecurityGroup(scope, 'group', { vpc, description: `Tasks of ${name}`, allowAllOutbound: false });
  // Endpoints and, where there are none, the NAT gateway: AWS itself is reached by HTTPS either way.
  group.addEgressRule(Peer.anyIpv4(), Ports.tcp(443), 'AWS; the outside only where the subnet has a way out');
  for (const port of outsidePorts.filter((outsidePort) => outsidePort !== 443))
    group.addEgressRule(Peer.anyIpv4(), Ports.tcp(port), 'The outside that this service calls');
  for (const { httpPort, grpcPort, name: other } of Object.values<ServiceSpec>(topology.services))
    if (name === topology.services.apiGateway.name && other !== name)
      for (const port of [httpPort, grpcPort])
        if (port !== undefined) group.addEgressRule(Peer.ipv4(vpc.vpcCidrBlock), Ports.tcp(port), `To ${other}`);
  return group;
}

function addTask(
  scope: Construct,
  { service, environment, key, imageTag, secrets = {} }: ServiceProps,
  spec: ServiceSpec,
): ContainerDefinition {
  const size = environment.sizes[service];
  const { graceSeconds, drainSeconds } = topology.stopping.aws;
  const taskRole = new TaskRole(scope, 'role', { principal: service, assumedBy: 'ecs-tasks.amazonaws.com', key });
  const task = new FargateTaskDefinition(scope, 'task', {
    family: `stocktool-${spec.name}`,
    cpu: size.cpu,
    memoryLimitMiB: size.memoryMegabytes,
    taskRole,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.X86_64, operatingSystemFamily: OperatingSystemFamily.LINUX },
  });
  const logGroup = LogGroup.fromLogGroupName(scope, 'logs', topology.logGroupOf(spec.name));
  const linuxParameters = new LinuxParameters(scope, 'linux', { initProcessEnabled: true });
  linuxParameters.dropCapabilities(Capability.ALL);
  const container = task.addContainer('main', {
    containerName: spec.name,
    image: ContainerImage.fromEcrRepository(
      Repository.fromRepositoryName(scope, 'repository', repositoryName(spec.name)),
      imageTag,
    ),
    memoryLimitMiB: spec.memoryMegabytes,
    essential: true,
    user: nobody,
    readonlyRootFilesystem: true,
    linuxParameters,
    // Past SIGTERM a service finishes what it has begun; what takes longer comes back from its queue.
    stopTimeout: Duration.seconds(Math.ceil(stopTimeoutSeconds(graceSeconds, drainSeconds))),
    environment: environmentOf(service, environment),
    secrets,
    portMappings: portsOf(spec),
    // ECS does not look at the image's own health check.
    healthCheck: {
      command: ['CMD', 'node', '-e', healthProbe(spec.httpPort)],
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      retries: 3,
      startPeriod: Duration.seconds(30),
    },
    logging: LogDrivers.awsLogs({
      logGroup,
      streamPrefix: spec.name,
      // A slow log service must not stop the process that writes to it.
      mode: AwsLogDriverMode.NON_BLOCKING,
    }),
  });
  acknowledge(task, 'AwsSolutions-ECS2', 'Settings only; keys are read from Secrets Manager by the service itself.');
  const { executionRole } = task;
  if (executionRole === undefined) throw new Error('A task with an image and a log has an execution role');
  acknowledgeWildcard(executionRole, '*', 'Logging in to the registry knows no resource.');
  acknowledgeWildcard(executionRole, `${logGroup.logGroupArn}`, 'Log streams get their names when tasks start.');
  return container;
}

const healthProbe = (port: number): string =>
  `fetch('http://127.0.0.1:${port}/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
