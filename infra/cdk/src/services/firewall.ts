import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** From one address in five minutes; a person with the console open makes a tenth of it. */
const mostRequests = 3000;

const managed = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesCommonRuleSet',
];

/**
 * The common rules refuse bodies over 8 kB and texts that look like markup; portfolios are larger and chat messages may
 * hold anything. Both are counted, not refused: the gateway bounds and validates every body itself.
 */
const counted: Readonly<Record<string, readonly string[]>> = {
  AWSManagedRulesCommonRuleSet: [
    'SizeRestrictions_BODY',
    'CrossSiteScripting_BODY',
    'GenericRFI_BODY',
    'GenericLFI_BODY',
  ],
};

const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
  metricName,
});

/** In front of the load balancer: known bad addresses and inputs, and floods from one address. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { resourceArn, key }: { resourceArn: string; key: IKey }) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'acl', {
      name: 'stocktool',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible('stocktool'),
      rules: [
        {
          name: 'floods',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: { rateBasedStatement: { limit: mostRequests, aggregateKeyType: 'IP', evaluationWindowSec: 300 } },
          visibilityConfig: visible('floods'),
        },
        ...managed.map((name, index) => managedRules(name, index + 1)),
      ],
    });
    new CfnWebACLAssociation(this, 'association', { resourceArn, webAclArn: acl.attrArn });
    const logs = new LogGroup(this, 'logs', {
      // The prefix is the service's condition for writing there.
      logGroupName: 'aws-waf-logs-stocktool',
      retention: RetentionDays.ONE_MONTH,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnLoggingConfiguration(this, 'logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logs.logGroupName}`,
      ],
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'cookie' } }],
    });
  }
}

const managedRules = (name: string, priority: number): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      ruleActionOverrides: (counted[name] ?? []).map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
  visibilityConfig: visible(name),
});
