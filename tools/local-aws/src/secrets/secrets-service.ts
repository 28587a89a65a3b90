import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { Service } from '../http/exchange';
import { JsonService, operation, textOf, type Operations } from '../http/json-service';
import { current, type Secret, type Secrets } from './secrets';

const SecretId = z.object({ SecretId: z.string().min(1) });
const Value = { SecretString: z.string().optional(), SecretBinary: z.string().optional() };
const Token = { ClientRequestToken: z.string().min(32).max(64).optional() };
const Tags = z.array(z.object({ Key: z.string().min(1), Value: z.string().default('') }));
const Details = { Description: z.string().optional(), KmsKeyId: z.string().optional() };
const mostBytes = 1024 * 1024;
const seconds = (ms: number): number => ms / 1000;
const tagsOf = (tags: z.infer<typeof Tags>): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
const invalidCode = 'InvalidParameterException';

/** Secrets Manager: values with versions and stages. Nothing rotates by itself. */
export function secretsService(secrets: Secrets): Service {
  return new JsonService({
    name: 'secretsmanager',
    version: '1.1',
    mostBytes,
    operations: { ...valueOperations(secrets), ...secretOperations(secrets) },
    shapesOf: (name, body) => {
      const id = textOf(body.SecretId) ?? textOf(body.Name);
      const resource = id?.startsWith('arn:') ? id.split(':secret:')[1]?.replace(/-\w{6}$/, '') : id;
      return [{ operation: name, ...(resource && { resource }) }];
    },
  });
}

function valueOperations(secrets: Secrets): Operations {
  const Read = SecretId.extend({ VersionId: z.string().optional(), VersionStage: z.string().optional() });
  const read = (secret: Secret, versionId?: string, stage?: string) => {
    const version = secrets.version(secret, versionId, stage);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      VersionStages: version.stages,
      SecretString: version.SecretString,
      SecretBinary: version.SecretBinary,
      CreatedDate: seconds(version.createdAt),
    };
  };
  return {
    GetSecretValue: operation(
      Read,
      (input) => read(secrets.get(input.SecretId), input.VersionId, input.VersionStage),
      invalidCode,
    ),
    BatchGetSecretValue: operation(
      z.object({ SecretIdList: z.array(z.string()).min(1).max(20) }),
      ({ SecretIdList }) => {
        const SecretValues: object[] = [];
        const Errors: object[] = [];
        for (const SecretId of SecretIdList) {
          try {
            SecretValues.push(read(secrets.get(SecretId)));
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
          }
        }
        return { SecretValues, Errors };
      },
      invalidCode,
    ),
    PutSecretValue: operation(
      SecretId.extend({ ...Value, ...Token, VersionStages: z.array(z.string()).min(1).max(20).optional() }),
      (input) => {
        const stages = input.VersionStages ?? [current];
        const { secret, versionId } = secrets.putValue(input.SecretId, pick(input), stages, input.ClientRequestToken);
        return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages: stages };
      },
      invalidCode,
    ),
    ListSecretVersionIds: operation(SecretId, (input) => {
      const secret = secrets.get(input.SecretId);
      const Versions = secret.versions.map(({ id, stages, createdAt }) => ({
        VersionId: id,
        VersionStages: stages,
        CreatedDate: seconds(createdAt),
      }));
      return { ARN: secret.arn, Name: secret.name, Versions };
    }),
  };
}

const pick = ({
  SecretString,
  SecretBinary,
}: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}) => ({
  ...(SecretString !== undefined && { SecretString }),
  ...(SecretBinary !== undefined && { SecretBinary }),
});

function secretOperations(secrets: Secrets): Operations {
  return {
    CreateSecret: operation(
      z.object({ Name: z.string(), ...Value, ...Token, ...Details, Tags: Tags.optional() }),
      (input) => {
        const details = { description: input.Description, kmsKeyId: input.KmsKeyId, tags: tagsOf(input.Tags ?? []) };
        const { arn, name, versions } = secrets.create(input.Name, pick(input), details, input.ClientRequestToken);
        return { ARN: arn, Name: name, VersionId: versions[0]?.id };
      },
      invalidCode,
    ),
    UpdateSecret: operation(SecretId.extend({ ...Value, ...Token, ...Details }), (input) => {
      const value = pick(input);
      const put =
        Object.keys(value).length > 0
          ? secrets.putValue(input.SecretId, value, [current], input.ClientRequestToken)
          : undefined;
      const { arn, name } = secrets.update(input.SecretId, {
        ...(input.Description !== undefined && { description: input.Description }),
        ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId }),
      });
      return { ARN: arn, Name: name, VersionId: put?.versionId };
    }),
    DescribeSecret: operation(SecretId, (input) => describe(secrets.get(input.SecretId, true))),
    ListSecrets: operation(
      z.object({
        MaxResults: z.number().int().min(1).max(100).optional(),
        NextToken: z.string().optional(),
        IncludePlannedDeletion: z.boolean().optional(),
        Filters: z.array(z.object({ Key: z.string(), Values: z.array(z.string()) })).optional(),
      }),
      (input) => {
        const named = secrets
          .list()
          .filter((secret) => input.IncludePlannedDeletion || secret.removeAt === undefined)
          .filter((secret) => (input.Filters ?? []).every((filter) => passes(secret, filter.Key, filter.Values)));
        const start = Number(input.NextToken ?? 0);
        if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidNextTokenException', 'Invalid NextToken');
        const end = start + (input.MaxResults ?? 100);
        const SecretList = named.slice(start, end).map(describe);
        return { SecretList, ...(end < named.length && { NextToken: String(end) }) };
      },
    ),
    DeleteSecret: operation(
      SecretId.extend({
        RecoveryWindowInDays: z.number().int().min(7).max(30).optional(),
        ForceDeleteWithoutRecovery: z.boolean().optional(),
      }),
      ({ SecretId: id, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false }) => {
        if (force && days !== undefined) {
          throw new AwsError(
            invalidCode,
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
          );
        }
        const { arn, name, removeAt = 0 } = secrets.delete(id, days ?? 30, force);
        return { ARN: arn, Name: name, DeletionDate: seconds(removeAt) };
      },
      invalidCode,
    ),
    RestoreSecret: operation(SecretId, (input) => {
      const { arn, name } = secrets.restore(input.SecretId);
      return { ARN: arn, Name: name };
    }),
    TagResource: operation(SecretId.extend({ Tags }), (input) => {
      const { tags } = secrets.get(input.SecretId);
      secrets.update(input.SecretId, { tags: { ...tags, ...tagsOf(input.Tags) } });
    }),
    UntagResource: operation(SecretId.extend({ TagKeys: z.array(z.string()) }), (input) => {
      const { tags } = secrets.get(input.SecretId);
      const kept = Object.entries(tags).filter(([key]) => !input.TagKeys.includes(key));
      secrets.update(input.SecretId, { tags: Object.fromEntries(kept) });
    }),
  };
}

function passes(secret: Secret, key: string, values: readonly string[]): boolean {
  if (key !== 'name' && key !== 'all')
    throw new AwsError('NotImplementedException', `The filter ${key} is not emulated`, { status: 501 });
  return values.some((value) =>
    value.startsWith('!') ? !secret.name.startsWith(value.slice(1)) : secret.name.startsWith(value),
  );
}

const describe = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  RotationEnabled: false,
  CreatedDate: seconds(secret.createdAt),
  LastChangedDate: seconds(secret.changedAt),
  ...(secret.deletedAt !== undefined && { DeletedDate: seconds(secret.deletedAt) }),
  Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
  VersionIdsToStages: Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages])),
  SecretVersionsToStages: Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages])),
});
