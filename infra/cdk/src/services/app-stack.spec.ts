import { may, topology } from '@stocktool/topology';
import { Match, Template as Assertions } from 'aws-cdk-lib/assertions';
import { templatesOf } from '../templates.fixture';

const { app } = templatesOf('production');
const stack = Assertions.fromJSON(app);
const ofType = (type: string, template = app) => Object.values(template.Resources).filter(({ Type }) => Type === type);
const services = Object.values(topology.services);

interface Container {
  readonly Name: string;
  readonly Environment: { Name: string; Value: unknown }[];
  readonly Secrets?: { Name: string; ValueFrom: unknown }[];
}
const tasks = ofType('AWS::ECS::TaskDefinition').map(({ Properties }) => ({
  family: Properties['Family'],
  container: (Properties['ContainerDefinitions'] as Container[])[0]!,
}));
const taskOf = (name: string) => tasks.find(({ family }) => family === `stocktool-${name}`)!.container;

describe('every task', () => {
  it.each(services)('of $name is closed: nobody, nothing written, no capabilities, an init process', ({ name }) => {
    expect(taskOf(name)).toMatchObject({
      User: '65532:65532',
      ReadonlyRootFilesystem: true,
      LinuxParameters: { InitProcessEnabled: true, Capabilities: { Drop: ['ALL'] } },
    });
  });

  it.each(services)(
    'of $name has the topology’s memory, and the options of Node that its image was made with',
    (service) => {
      expect(taskOf(service.name)).toMatchObject({ Memory: service.memoryMegabytes });
      expect(taskOf(service.name).Environment.map(({ Name }) => Name)).not.toContain('NODE_OPTIONS');
    },
  );

  it.each(services)('of $name is asked for its health, and stopped with time to finish', ({ name, httpPort }) => {
    expect(taskOf(name)).toMatchObject({
      HealthCheck: { Command: expect.arrayContaining([expect.stringContaining(`:${httpPort}/health/live`)]) },
      StopTimeout: 99,
    });
  });

  it('has settings in its environment and no secret', () => {
    const names = tasks.flatMap(({ container }) => container.Environment.map(({ Name }) => Name));
    expect(names.filter((name) => /KEY|SECRET|PASSWORD|TOKEN|SMTP/.test(name))).toEqual([]);
  });
});

describe('market data', () => {
  const readers = ['api-gateway', 'chat', 'analysis-worker'];
  const marketOf = (template: typeof app) =>
    Object.fromEntries(
      ofType('AWS::ECS::TaskDefinition', template).map(({ Properties }) => {
        const { Name, Environment, Secrets = [] } = (Properties['ContainerDefinitions'] as Container[])[0]!;
        const settings = Environment.filter((setting) => setting.Name.startsWith('MARKET_DATA'));
        return [
          Name,
          { settings: settings.map((setting) => setting.Value), keys: Secrets.map((secret) => secret.Name) },
        ];
      }),
    );
  const functionOf = (template: typeof app) =>
    ofType('AWS::Lambda::Function', template).find(
      ({ Properties }) => Properties['FunctionName'] === topology.functions.stockUpdater.name,
    )!.Properties['Environment'];

  it('is the bundled set unless an environment wants vendors, and then nobody is given their keys', () => {
    const market = marketOf(app);
    for (const name of readers) expect(market[name]).toEqual({ settings: ['bundled'], keys: [] });
    expect(functionOf(app)).toMatchObject({ Variables: { MARKET_DATA: 'bundled' } });
  });

  it('of vendors comes with their order to all who read it, and with keys out of the secret to tasks', () => {
    const live = templatesOf('production', 'live').app;
    const { keys } = topology.secrets.marketDataKeys;
    const market = marketOf(live);
    for (const name of ['api-gateway', 'analysis-worker'])
      expect(market[name]).toEqual({ settings: ['live', 'finnhub,yahoo', '7'], keys });
    expect(market['chat']).toMatchObject({
      settings: ['live', 'finnhub,yahoo', '7'],
      keys: expect.arrayContaining([...keys]),
    });
    expect(market['notifier']).toEqual({ settings: [], keys: ['SMTP_URL'] });
    expect(market['metrics-collector']).toEqual({ settings: [], keys: [] });
    const variables = { MARKET_DATA: 'live', MARKET_DATA_VENDORS: 'finnhub,yahoo' };
    expect(functionOf(live)).toMatchObject({ Variables: variables });
    expect(JSON.stringify(functionOf(live))).not.toContain('API_KEY');
  });
});

describe('language models', () => {
  const settingsOf = (template: typeof app, service: string) => {
    const task = ofType('AWS::ECS::TaskDefinition', template).find(
      ({ Properties }) => Properties['Family'] === `stocktool-${service}`,
    )!;
    return (task.Properties['ContainerDefinitions'] as Container[])[0]!;
  };
  const { keys } = topology.secrets.chatKeys;
  const secretsOf = (...of: Parameters<typeof settingsOf>) => (settingsOf(...of).Secrets ?? []).map(({ Name }) => Name);

  it('are none unless an environment names some: the offline model answers, and no key is given', () => {
    expect(settingsOf(app, 'chat').Environment.map(({ Name }) => Name)).not.toContain('MODELS');
    expect(secretsOf(app, 'chat')).toEqual([]);
  });

  it('are asked by chat alone, in their order, with keys out of the secret', () => {
    const live = templatesOf('production', 'live').app;
    expect(settingsOf(live, 'chat').Environment).toEqual(
      expect.arrayContaining([
        { Name: 'MODELS', Value: 'azure/gpt-4.1=prod,openai/gpt-4.1' },
        { Name: 'AZURE_OPENAI_ENDPOINT', Value: 'https://models.example' },
      ]),
    );
    expect(secretsOf(live, 'chat')).toEqual(expect.arrayContaining([...keys]));
    for (const { name } of services.filter(({ name: other }) => other !== 'chat'))
      expect(secretsOf(live, name)).not.toEqual(expect.arrayContaining([keys[0]]));
  });
});

describe('a release', () => {
  it('undoes itself when tasks do not become healthy, and takes nothing away before', () => {
    const all = ofType('AWS::ECS::Service');
    expect(all).toHaveLength(5);
    for (const { Properties } of all)
      expect(Properties['DeploymentConfiguration']).toMatchObject({
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MinimumHealthyPercent: 100,
      });
  });

  it('runs workers mostly on spare capacity, but never the edge, chat or the first worker', () => {
    const strategies = Object.fromEntries(
      ofType('AWS::ECS::Service').map(({ Properties }) => [
        Properties['ServiceName'],
        Properties['CapacityProviderStrategy'],
      ]),
    ) as Record<string, { CapacityProvider: string; Base?: number }[]>;
    for (const name of ['api-gateway', 'chat'])
      expect(strategies[name]!.map(({ CapacityProvider }) => CapacityProvider)).toEqual(['FARGATE']);
    for (const name of ['analysis-worker', 'notifier', 'metrics-collector'])
      expect(strategies[name]).toMatchObject([
        { CapacityProvider: 'FARGATE', Base: 1 },
        { CapacityProvider: 'FARGATE_SPOT' },
      ]);
  });

  it('scales workers by waiting messages for each running task', () => {
    for (const queue of ['analysis', 'notifications', 'metrics'] as const)
      stack.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
        PolicyName: `${topology.queues[queue].name}-backlog`,
        TargetTrackingScalingPolicyConfiguration: Match.objectLike({
          CustomizedMetricSpecification: {
            Metrics: Match.arrayWith([Match.objectLike({ Expression: 'waiting / IF(tasks > 0, tasks, 1)' })]),
          },
        }),
      });
  });
});

describe('the edge', () => {
  it('speaks TLS 1.3, and sends plain HTTP there', () => {
    stack.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      SslPolicy: Match.stringLikeRegexp('^ELBSecurityPolicy-TLS13-1-2-Res-'),
    });
    stack.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [Match.objectLike({ Type: 'redirect' })],
    });
  });

  it('stands behind a firewall that limits one address and keeps large portfolios', () => {
    stack.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    stack.hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([
        Match.objectLike({ Statement: { RateBasedStatement: Match.objectLike({ AggregateKeyType: 'IP' }) } }),
        Match.objectLike({
          Statement: {
            ManagedRuleGroupStatement: Match.objectLike({
              RuleActionOverrides: Match.arrayWith([{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }]),
            }),
          },
        }),
      ]),
    });
  });
});

describe('the network', () => {
  const subnetsOf = (name: string): string =>
    JSON.stringify(
      ofType('AWS::ECS::Service').find(({ Properties }) => Properties['ServiceName'] === name)?.Properties[
        'NetworkConfiguration'
      ],
    );

  it('lets out only who calls the outside', () => {
    for (const name of ['api-gateway', 'chat', 'analysis-worker', 'notifier'])
      expect(subnetsOf(name)).toContain('outboundSubnet');
    for (const name of ['metrics-collector']) {
      expect(subnetsOf(name)).toContain('insideSubnet');
      expect(subnetsOf(name)).not.toContain('outboundSubnet');
    }
  });

  it('has no route out of the inside', () => {
    const routes = Object.entries(app.Resources).filter(([, { Type }]) => Type === 'AWS::EC2::Route');
    expect(routes.filter(([id]) => id.includes('inside'))).toEqual([]);
    expect(routes.filter(([id]) => id.includes('outbound'))).toHaveLength(2);
  });

  it('reaches tables and objects without leaving, and in production every other service of AWS', () => {
    const types = (template = app) =>
      ofType('AWS::EC2::VPCEndpoint', template).map(({ Properties }) => Properties['VpcEndpointType']);
    expect(types(templatesOf('staging').app)).toEqual(['Gateway', 'Gateway']);
    expect(types().filter((type) => type === 'Interface')).toHaveLength(8);
  });

  it('encrypts between services in production', () => {
    const configurations = ofType('AWS::ECS::Service').flatMap(
      ({ Properties }) => (Properties['ServiceConnectConfiguration'] as { Services: object[] }).Services,
    );
    expect(configurations).toHaveLength(6);
    for (const configuration of configurations) expect(configuration).toHaveProperty('Tls');
  });
});

describe('the stock updater', () => {
  it('runs after the close in New York, whatever the season', () => {
    stack.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 16 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'America/New_York',
      Target: Match.objectLike({ DeadLetterConfig: Match.anyValue(), Input: '{"schedule":"quotes"}' }),
    });
  });

  it('refreshes news and cleans up through the day', () => {
    stack.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(15 6,10,14,18,22 ? * SUN-SAT *)',
      Target: Match.objectLike({ Input: '{"schedule":"upkeep"}' }),
    });
  });

  it('asks for the weekly reports on Saturdays', () => {
    stack.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 8 ? * SAT *)',
      ScheduleExpressionTimezone: 'America/New_York',
      Target: Match.objectLike({ Input: '{"schedule":"weekly"}' }),
    });
  });

  it('runs on the Node of the services, once at a time, and leaves what failed in a queue', () => {
    stack.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Timeout: topology.functions.stockUpdater.timeoutSeconds,
      ReservedConcurrentExecutions: 1,
    });
    stack.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: Match.anyValue() },
    });
  });
});

describe('what is watched', () => {
  it('is every alarm of the topology, each told to somebody', () => {
    const alarms = ofType('AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => Properties['AlarmDescription'] !== undefined,
    );
    const names = alarms.map(({ Properties }) => Properties['AlarmName']);
    for (const { name } of topology.alarms) expect(names).toContain(name);
    for (const { Properties } of alarms) expect(Properties['AlarmActions']).toHaveLength(1);
    stack.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: topology.dashboard.name });
  });
});

it('makes a policy for every principal of the topology', () => {
  const described = ofType('AWS::IAM::Role').map(({ Properties }) => Properties['Description']);
  for (const principal of Object.keys(may)) expect(described).toContain(`What ${principal} may do`);
});
