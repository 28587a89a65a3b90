import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { CfnCertificate, CfnCertificateAuthority, CfnCertificateAuthorityActivation } from 'aws-cdk-lib/aws-acmpca';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights, type ServiceConnectTlsConfiguration } from 'aws-cdk-lib/aws-ecs';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { acknowledgeManagedPolicy } from '../acknowledge';

const serviceNamespace = 'stocktool.internal';

const tlsPolicy = 'service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity';

/** The cluster, with the namespace in which services find each other. */
export class ServiceCluster extends Cluster {
  constructor(scope: Construct, id: string, vpc: IVpc) {
    super(scope, id, {
      vpc,
      clusterName: 'stocktool',
      // Task counts, which scaling by backlog divides by.
      containerInsightsV2: ContainerInsights.ENABLED,
      enableFargateCapacityProviders: true,
      defaultCloudMapNamespace: { name: serviceNamespace, useForServiceConnect: true },
    });
  }
}

/**
 * TLS between services. A private authority of the short-lived kind signs certificates that live for days and are never
 * revoked, only replaced; the proxies of Service Connect fetch and rotate them.
 */
export function internalTls(scope: Construct, key: IKey): ServiceConnectTlsConfiguration {
  const authority = new CfnCertificateAuthority(scope, 'authority', {
    type: 'ROOT',
    usageMode: 'SHORT_LIVED_CERTIFICATE',
    keyAlgorithm: 'EC_prime256v1',
    signingAlgorithm: 'SHA256WITHECDSA',
    subject: { commonName: serviceNamespace, organization: 'StockTool' },
  });
  authority.applyRemovalPolicy(RemovalPolicy.DESTROY);
  const root = new CfnCertificate(scope, 'authorityCertificate', {
    certificateAuthorityArn: authority.attrArn,
    certificateSigningRequest: authority.attrCertificateSigningRequest,
    signingAlgorithm: 'SHA256WITHECDSA',
    templateArn: `arn:${Aws.PARTITION}:acm-pca:::template/RootCACertificate/V1`,
    validity: { type: 'YEARS', value: 10 },
  });
  const activation = new CfnCertificateAuthorityActivation(scope, 'authorityActivation', {
    certificateAuthorityArn: authority.attrArn,
    certificate: root.attrCertificate,
    status: 'ACTIVE',
  });
  const role = new Role(scope, 'tlsRole', {
    assumedBy: new ServicePrincipal('ecs.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(tlsPolicy)],
  });
  acknowledgeManagedPolicy(
    role,
    tlsPolicy,
    'The policy that ECS documents for this role: it lets ECS ask the authority for certificates and nothing else.',
  );
  key.grant(role, 'kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair');
  role.node.addDependency(activation);
  return { awsPcaAuthorityArn: authority.attrArn, kmsKey: key, role };
}
