import { Resolver, Template } from '../template/resolver';
import { decide, readPolicy } from './policy';

const resolver = new Resolver(Template.parse({ Resources: {} }));
const read = (...statements: object[]) => readPolicy({ Version: '2012-10-17', Statement: statements }, resolver);
const allow = (fields: object) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...fields });
const ask = (action: string, resource: string, context: Record<string, string> = {}) => ({ action, resource, context });
const object = 'arn:aws:s3:::box/reports/a';

describe('decide', () => {
  it('denies what no statement allows', () => {
    expect(decide(read(allow({})), ask('s3:PutObject', object))).toBe('denied');
    expect(decide(read(allow({ Resource: 'arn:aws:s3:::box/results/*' })), ask('s3:GetObject', object))).toBe('denied');
    expect(decide([], ask('s3:GetObject', object))).toBe('denied');
  });

  it('allows by name, by wildcard and whatever the case of the action', () => {
    expect(decide(read(allow({ Resource: object })), ask('s3:GetObject', object))).toBe('allowed');
    expect(decide(read(allow({ Resource: 'arn:aws:s3:::box/reports/*' })), ask('s3:GetObject', object))).toBe(
      'allowed',
    );
    expect(decide(read(allow({ Resource: 'arn:aws:s3:::box/reports/?' })), ask('s3:getobject', object))).toBe(
      'allowed',
    );
    expect(decide(read(allow({ Action: ['s3:Get*', 'x:Y'] })), ask('s3:GetObject', object))).toBe('allowed');
  });

  it('takes a dot and a bracket in a name for what they are', () => {
    const statements = read(allow({ Resource: 'arn:aws:s3:::b.x/*' }));
    expect(decide(statements, ask('s3:GetObject', 'arn:aws:s3:::box/a'))).toBe('denied');
  });

  it('lets a denial win over whatever allows', () => {
    const statements = read(allow({}), { Effect: 'Deny', Action: 's3:*', Resource: object });
    expect(decide(statements, ask('s3:GetObject', object))).toBe('denied');
    expect(decide(statements, ask('s3:GetObject', `${object}b`))).toBe('allowed');
  });

  it('needs every condition, and none holds for a key that the request lacks', () => {
    const statements = read(
      allow({
        Action: 'cloudwatch:PutMetricData',
        Condition: { StringEquals: { 'cloudwatch:namespace': ['A', 'B'] } },
      }),
    );
    const put = (context: Record<string, string>) => decide(statements, ask('cloudwatch:PutMetricData', '*', context));
    expect(put({ 'cloudwatch:namespace': 'B' })).toBe('allowed');
    expect(put({ 'CloudWatch:Namespace': 'A' })).toBe('allowed');
    expect(put({ 'cloudwatch:namespace': 'C' })).toBe('denied');
    expect(put({})).toBe('denied');
  });
});

describe('readPolicy', () => {
  it.each([
    { NotAction: 's3:GetObject', Action: undefined },
    { NotResource: '*' },
    { Principal: '*' },
    { Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } } },
    { Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } } },
    { Resource: { 'Fn::Sub': 'arn:aws:s3:::${Name}' } },
    { Resource: { 'Fn::GetAtt': ['Nothing', 'Arn'] } },
    { Effect: 'Maybe' },
  ])('does not guess at %j', (fields) => {
    expect(() => read(allow(fields))).toThrow();
  });

  it('puts names together as CloudFormation would', () => {
    const Resource = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::box-', { Ref: 'AWS::AccountId' }]] };
    expect(read(allow({ Resource }))[0]?.resources).toEqual(['arn:aws:s3:::box-000000000000']);
  });
});
