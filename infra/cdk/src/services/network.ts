import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  type InterfaceVpcEndpoint,
  type IVpc,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import type { Environment } from '../environments';

interface NetworkProps extends Pick<Environment, 'natGateways' | 'interfaceEndpoints'> {
  readonly key: IKey;
}

/** Services of AWS that tasks without a way out need: images, logs, messages, secrets, metrics. */
const endpointServices = {
  ecrApi: InterfaceVpcEndpointAwsService.ECR,
  ecrImages: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  metrics: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
  sqs: InterfaceVpcEndpointAwsService.SQS,
  sns: InterfaceVpcEndpointAwsService.SNS,
  secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  kms: InterfaceVpcEndpointAwsService.KMS,
} as const;

/**
 * Three kinds of subnets: public (load balancer, NAT), outbound (tasks that call the outside, through the NAT gateway, where
 * the flow log sees it) and inside (no route out at all). Without interface endpoints everything has to be outbound.
 */
export class Network extends Construct {
  readonly vpc: IVpc;
  private readonly closed: boolean;

  constructor(scope: Construct, id: string, { natGateways, interfaceEndpoints, key }: NetworkProps) {
    super(scope, id);
    this.closed = interfaceEndpoints;
    // The library's own types disagree about what may be undefined.
    this.vpc = new Vpc(this, 'vpc', {
      ipAddresses: IpAddresses.cidr('10.20.0.0/16'),
      maxAzs: 2,
      natGateways,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'outbound', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'inside', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
      gatewayEndpoints: {
        s3: { service: GatewayVpcEndpointAwsService.S3 },
        dynamodb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    }) as IVpc;
    const logGroup = new LogGroup(this, 'flowLogs', {
      logGroupName: '/stocktool/network',
      retention: RetentionDays.ONE_MONTH,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.vpc.addFlowLog('flows', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.ALL,
    });
    if (interfaceEndpoints) this.addInterfaceEndpoints();
  }

  /** Where tasks of a service run. */
  subnetsFor({ callsOutside }: { readonly callsOutside: boolean }): SubnetSelection {
    return { subnetGroupName: this.closed && !callsOutside ? 'inside' : 'outbound' };
  }

  private addInterfaceEndpoints(): void {
    const group = new SecurityGroup(this, 'endpoints', {
      vpc: this.vpc,
      description: 'Interface endpoints: HTTPS from this network',
      allowAllOutbound: false,
    });
    group.addIngressRule(Peer.ipv4(this.vpc.vpcCidrBlock), Port.tcp(443), 'HTTPS of tasks');
    acknowledge(group, 'CdkNagValidationFailure', 'The range is the network’s own, known to CloudFormation only.');
    acknowledge(group, 'AwsSolutions-EC23', 'The range is the network’s own.');
    for (const [name, service] of Object.entries(endpointServices)) this.addInterface(name, service, group);
  }

  private addInterface(
    name: string,
    service: InterfaceVpcEndpointAwsService,
    group: SecurityGroup,
  ): InterfaceVpcEndpoint {
    return this.vpc.addInterfaceEndpoint(name, {
      service,
      open: false,
      privateDnsEnabled: true,
      securityGroups: [group],
      subnets: { subnetGroupName: 'inside' },
    });
  }
}
