import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { Peer, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
  ListenerAction,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { topology } from '@stocktool/topology';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import type { Environment } from '../environments';
import { Firewall } from './firewall';
import type { Service } from './service';

interface EdgeProps extends Pick<Environment, 'domainName' | 'retainData'> {
  readonly vpc: IVpc;
  readonly gateway: Service;
  readonly accessLogs: IBucket;
  readonly key: IKey;
}

/** The only door: HTTPS with TLS 1.3 (1.2 for those who have no newer), a firewall, and the gateway behind. */
export class Edge extends Construct {
  readonly targetGroup: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, { vpc, gateway, accessLogs, key, domainName, retainData }: EdgeProps) {
    super(scope, id);
    const { httpPort, name } = topology.services.apiGateway;
    const group = new SecurityGroup(this, 'group', { vpc, description: 'Load balancer', allowAllOutbound: false });
    for (const port of [80, 443]) group.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'The public');
    acknowledge(group, 'AwsSolutions-EC23', 'This is the public door; the firewall stands before it.');
    const balancer = new ApplicationLoadBalancer(this, 'balancer', {
      loadBalancerName: 'stocktool',
      vpc,
      internetFacing: true,
      securityGroup: group,
      vpcSubnets: { subnetGroupName: 'public' },
      // Streams of events send a comment every 15 s.
      idleTimeout: Duration.seconds(120),
      dropInvalidHeaderFields: true,
      deletionProtection: retainData,
    });
    balancer.logAccessLogs(accessLogs, 'balancer');
    const certificate = new Certificate(this, 'certificate', {
      domainName,
      validation: CertificateValidation.fromDns(),
    });
    const listener = balancer.addListener('https', {
      protocol: ApplicationProtocol.HTTPS,
      certificates: [certificate],
      sslPolicy: SslPolicy.TLS13_RES,
      open: false,
    });
    balancer.addListener('http', {
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    this.targetGroup = listener.addTargets('gateway', {
      targets: [gateway.fargate.loadBalancerTarget({ containerName: name, containerPort: httpPort })],
      protocol: ApplicationProtocol.HTTP,
      port: httpPort,
      // Not readiness: a dependency's hiccup must not take every task out at once.
      healthCheck: {
        path: '/health/live',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
      },
      deregistrationDelay: Duration.seconds(30),
    });
    new Firewall(this, 'firewall', { resourceArn: balancer.loadBalancerArn, key });
    new CfnOutput(this, 'address', { value: balancer.loadBalancerDnsName, description: `Point ${domainName} here` });
  }
}
