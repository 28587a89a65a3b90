import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { clientOf, endpointForSpec } from '../spec/endpoint';

const endpoint = endpointForSpec();
let secrets: SecretsManagerClient;
beforeAll(() => {
  secrets = new SecretsManagerClient(clientOf(endpoint.url));
});
afterAll(() => secrets.destroy());
const value = (SecretId: string, more: object = {}) => secrets.send(new GetSecretValueCommand({ SecretId, ...more }));

describe('secrets', () => {
  it('are found by name, by ARN and by ARN without suffix', async () => {
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: 'app/keys', SecretString: '{"a":1}' }));
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/keys-\w{6}$/);
    for (const id of ['app/keys', ARN!, ARN!.slice(0, -7)]) expect((await value(id)).SecretString).toBe('{"a":1}');
    await expect(value('nothing')).rejects.toBeInstanceOf(ResourceNotFoundException);
    const again = new CreateSecretCommand({ Name: 'app/keys', SecretString: 'x' });
    await expect(secrets.send(again)).rejects.toBeInstanceOf(ResourceExistsException);
  });

  it('keep the version before', async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'rotated', SecretString: 'one' }));
    const { VersionId } = await secrets.send(new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'two' }));
    await secrets.send(
      new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'pending', VersionStages: ['AWSPENDING'] }),
    );
    expect(await value('rotated')).toMatchObject({ SecretString: 'two', VersionId, VersionStages: ['AWSCURRENT'] });
    expect((await value('rotated', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
    expect((await value('rotated', { VersionStage: 'AWSPENDING' })).SecretString).toBe('pending');
    const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId: 'rotated' }));
    expect(VersionIdsToStages![VersionId!]).toEqual(['AWSCURRENT']);
  });

  it('may be binary', async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'binary', SecretBinary: Buffer.from([1, 2, 255]) }));
    expect((await value('binary')).SecretBinary).toEqual(Uint8Array.from([1, 2, 255]));
  });

  it('are updated, tagged and listed', async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'listed', SecretString: 'x', Description: 'first' }));
    await secrets.send(new UpdateSecretCommand({ SecretId: 'listed', Description: 'second', SecretString: 'y' }));
    await secrets.send(new TagResourceCommand({ SecretId: 'listed', Tags: [{ Key: 'a', Value: 'b' }] }));
    const { SecretList } = await secrets.send(
      new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['listed'] }] }),
    );
    expect(SecretList).toMatchObject([{ Name: 'listed', Description: 'second', Tags: [{ Key: 'a', Value: 'b' }] }]);
    expect((await value('listed')).SecretString).toBe('y');
  });

  it('can be restored after deletion, unless it was forced', async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'gone', SecretString: 'x' }));
    await secrets.send(new DeleteSecretCommand({ SecretId: 'gone', RecoveryWindowInDays: 7 }));
    await expect(value('gone')).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await secrets.send(new RestoreSecretCommand({ SecretId: 'gone' }));
    expect((await value('gone')).SecretString).toBe('x');
    await secrets.send(new DeleteSecretCommand({ SecretId: 'gone', ForceDeleteWithoutRecovery: true }));
    await expect(value('gone')).rejects.toBeInstanceOf(ResourceNotFoundException);
    await secrets.send(new CreateSecretCommand({ Name: 'gone', SecretString: 'new' }));
  });

  it('do not rotate', async () => {
    await expect(secrets.send(new RotateSecretCommand({ SecretId: 'listed' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
  });
});
