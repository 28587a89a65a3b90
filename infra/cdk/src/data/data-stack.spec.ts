import { topology } from '@stocktool/topology';
import { templatesOf } from '../templates.fixture';
import { Template as Assertions, Match } from 'aws-cdk-lib/assertions';

const { data } = templatesOf('production');
const stack = Assertions.fromJSON(data);
const ofType = (type: string, template = data) => Object.values(template.Resources).filter(({ Type }) => Type === type);

describe('what production stores', () => {
  it('is kept when the stack is deleted, and in staging is not', () => {
    const kept = [
      'AWS::DynamoDB::Table',
      'AWS::S3::Bucket',
      'AWS::SQS::Queue',
      'AWS::KMS::Key',
      'AWS::SecretsManager::Secret',
    ];
    for (const type of kept) {
      const policies = ofType(type).map(({ DeletionPolicy, UpdateReplacePolicy }) => [
        DeletionPolicy,
        UpdateReplacePolicy,
      ]);
      expect(policies.length).toBeGreaterThan(0);
      for (const policy of policies) expect(policy).toEqual(['Retain', 'Retain']);
      for (const { DeletionPolicy } of ofType(type, templatesOf('staging').data)) expect(DeletionPolicy).toBe('Delete');
    }
    for (const { Properties } of ofType('AWS::DynamoDB::Table'))
      expect(Properties['DeletionProtectionEnabled']).toBe(true);
  });

  it('is encrypted with a key that rotates', () => {
    stack.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    for (const { Properties } of ofType('AWS::DynamoDB::Table'))
      expect(Properties['SSESpecification']).toMatchObject({ SSEEnabled: true, KMSMasterKeyId: expect.anything() });
    for (const { Properties } of ofType('AWS::SQS::Queue')) expect(Properties).toHaveProperty('KmsMasterKeyId');
    for (const { Properties } of ofType('AWS::SNS::Topic')) expect(Properties).toHaveProperty('KmsMasterKeyId');
    for (const { Properties } of ofType('AWS::Logs::LogGroup')) expect(Properties).toHaveProperty('KmsKeyId');
    for (const { Properties } of ofType('AWS::SecretsManager::Secret')) expect(Properties).toHaveProperty('KmsKeyId');
  });

  it('is reached by TLS only', () => {
    const denied = { Condition: { Bool: { 'aws:SecureTransport': 'false' } }, Effect: 'Deny' };
    const count = { 'AWS::S3::BucketPolicy': 3, 'AWS::SQS::QueuePolicy': 9, 'AWS::SNS::TopicPolicy': 4 };
    for (const [type, number] of Object.entries(count)) {
      const policies = ofType(type).map(({ Properties }) => Properties['PolicyDocument']);
      expect(policies).toHaveLength(number);
      for (const policy of policies)
        expect(policy).toMatchObject({ Statement: expect.arrayContaining([expect.objectContaining(denied)]) });
    }
  });

  it('is recovered to a point in time, but for conversations: what a user deleted is gone', () => {
    for (const { Properties } of ofType('AWS::DynamoDB::Table')) {
      const recovery = Properties['PointInTimeRecoverySpecification'] as { PointInTimeRecoveryEnabled: boolean };
      expect(recovery.PointInTimeRecoveryEnabled).toBe(Properties['TableName'] !== 'stocktool-conversations');
    }
  });

  it('remembers erased accounts apart from what a restore brings back, and as safely', () => {
    stack.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        TableName: 'stocktool-erasures',
        KeySchema: [
          { AttributeName: 'userHash', KeyType: 'HASH' },
          { AttributeName: 'itemId', KeyType: 'RANGE' },
        ],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'Retain',
    });
  });

  it('is never public', () => {
    for (const { Properties } of ofType('AWS::S3::Bucket'))
      expect(Properties['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
  });

  it('gives chat a signing key that no other secret holds', () => {
    stack.hasResourceProperties('AWS::SecretsManager::Secret', {
      Name: 'stocktool/user-context',
      GenerateSecretString: Match.objectLike({ GenerateStringKey: 'userContextKey', PasswordLength: 43 }),
    });
    for (const { Properties } of ofType('AWS::SecretsManager::Secret'))
      expect(Properties).not.toHaveProperty('SecretString');
  });

  it('has a place for the keys of vendors, empty until people fill it', () => {
    stack.hasResourceProperties('AWS::SecretsManager::Secret', {
      Name: 'stocktool/market-data-keys',
      GenerateSecretString: Match.objectLike({
        SecretStringTemplate: '{"FINNHUB_API_KEY":"","ALPHA_VANTAGE_API_KEY":""}',
        GenerateStringKey: 'unused',
      }),
    });
  });

  it('has a place for the keys of models and searches, empty until people fill it', () => {
    const none = Object.fromEntries(topology.secrets.chatKeys.keys.map((key) => [key, '']));
    stack.hasResourceProperties('AWS::SecretsManager::Secret', {
      Name: 'stocktool/chat-keys',
      GenerateSecretString: Match.objectLike({
        SecretStringTemplate: JSON.stringify(none),
        GenerateStringKey: 'unused',
      }),
    });
  });

  it('tells alarms and uploads of the environment by the services that may publish them, and those only', () => {
    const publishers = ofType('AWS::SNS::TopicPolicy').flatMap(({ Properties }) =>
      (Properties['PolicyDocument'] as { Statement: { Effect: string; Principal: unknown }[] }).Statement.filter(
        ({ Effect }) => Effect === 'Allow',
      ).map(({ Principal }) => Principal),
    );
    expect(publishers).toEqual(
      expect.arrayContaining([{ Service: 'cloudwatch.amazonaws.com' }, { Service: 's3.amazonaws.com' }]),
    );
    expect(publishers).toHaveLength(3);
  });
});

describe('a second region', () => {
  const { data: replicated } = templatesOf('production', 'two-regions');
  const tables = ofType('AWS::DynamoDB::GlobalTable', replicated).map(({ Properties }) => Properties);
  const named = (name: string) => tables.find(({ TableName }) => TableName === name);

  it('has a replica of every table', () => {
    expect(tables).toHaveLength(10);
    for (const { Replicas } of tables)
      expect((Replicas as { Region: string }[]).map(({ Region }) => Region).sort()).toEqual(['us-east-1', 'us-east-2']);
  });

  it('reads its own writes of analyses in both regions, by a witness in a third', () => {
    expect(named('stocktool-analyses')).toMatchObject({
      MultiRegionConsistency: 'STRONG',
      GlobalTableWitnesses: [{ Region: 'us-west-2' }],
    });
  });

  it('is eventual where transactions write, which strong replicas do not know', () => {
    for (const name of ['stocktool-users', 'stocktool-conversations', 'stocktool-portfolios']) {
      expect(named(name)).not.toHaveProperty('MultiRegionConsistency', 'STRONG');
      expect(named(name)).toMatchObject({ TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } });
    }
  });
});
