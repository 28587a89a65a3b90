import { randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { arn } from '../account';
import { AwsError } from '../aws-error';
import { Documents } from '../state/documents';

export interface SecretValue {
  readonly SecretString?: string | undefined;
  /** Base64. */
  readonly SecretBinary?: string | undefined;
}

interface SecretVersion extends SecretValue {
  readonly id: string;
  readonly createdAt: number;
  readonly stages: readonly string[];
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: readonly SecretVersion[];
  readonly createdAt: number;
  readonly changedAt: number;
  /** Set while a deleted secret can still be restored. */
  readonly deletedAt?: number | undefined;
  readonly removeAt?: number | undefined;
}

export const current = 'AWSCURRENT';
const previous = 'AWSPREVIOUS';
const mostSecrets = 1000;
const mostValueBytes = 65_536;
const mostVersions = 100;
const dayMs = 86_400_000;

/** Secrets with their versions, kept in memory and written through. */
export class Secrets {
  private readonly secrets: Map<string, Secret>;
  private readonly documents: Documents<Secret>;

  constructor(database: DatabaseSync) {
    this.documents = new Documents<Secret>(database, 'secret');
    this.secrets = this.documents.load();
  }

  create(
    name: string,
    value: SecretValue,
    details: Pick<Secret, 'description' | 'kmsKeyId' | 'tags'>,
    token?: string,
  ): Secret {
    if (!/^[\w/+=.@-]{1,512}$/.test(name))
      throw invalid('Invalid name. Must be a valid name containing alphanumeric characters');
    const existing = this.present(name);
    if (existing?.removeAt !== undefined) throw scheduled();
    if (existing)
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    if (this.secrets.size >= mostSecrets) throw new AwsError('LimitExceededException', 'Too many secrets');
    const now = Date.now();
    const suffix = randomBytes(9).toString('base64url').replace(/[-_]/g, 'x').slice(0, 6);
    const secret: Secret = {
      ...details,
      arn: arn('secretsmanager', `secret:${name}-${suffix}`),
      name,
      versions: [],
      createdAt: now,
      changedAt: now,
    };
    const filled = hasValue(value) ? withVersion(secret, value, [current], token) : secret;
    return this.save(filled);
  }

  /** By name, by ARN, or by ARN without its random suffix. */
  get(id: string, evenDeleted = false): Secret {
    const secret = this.present(id) ?? this.byArn(id);
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    if (secret.removeAt !== undefined && !evenDeleted) throw scheduled();
    return secret;
  }

  putValue(
    id: string,
    value: SecretValue,
    stages: readonly string[],
    token?: string,
  ): { secret: Secret; versionId: string } {
    const secret = this.get(id);
    const repeated = token ? secret.versions.find((version) => version.id === token) : undefined;
    if (repeated) {
      if (repeated.SecretString === value.SecretString && repeated.SecretBinary === value.SecretBinary)
        return { secret, versionId: repeated.id };
      throw new AwsError('ResourceExistsException', 'A version with this token and another value already exists');
    }
    const next = this.save(withVersion(secret, value, stages, token));
    return { secret: next, versionId: next.versions[0]!.id };
  }

  update(id: string, changes: Partial<Pick<Secret, 'description' | 'kmsKeyId' | 'tags'>>): Secret {
    return this.save({ ...this.get(id), ...changes, changedAt: Date.now() });
  }

  delete(id: string, recoveryDays: number, atOnce: boolean): Secret {
    const secret = this.get(id, true);
    const now = Date.now();
    if (!atOnce) return this.save({ ...secret, deletedAt: now, removeAt: now + recoveryDays * dayMs });
    this.documents.delete(secret.name);
    this.secrets.delete(secret.name);
    return { ...secret, deletedAt: now, removeAt: now };
  }

  restore(id: string): Secret {
    const { deletedAt: _deletedAt, removeAt: _removeAt, ...rest } = this.get(id, true);
    return this.save(rest);
  }

  list(): Secret[] {
    return [...this.secrets.keys()].flatMap((name) => this.present(name) ?? []);
  }

  version(secret: Secret, versionId: string | undefined, stage: string | undefined): SecretVersion {
    const wanted = stage ?? (versionId === undefined ? current : undefined);
    const found = secret.versions.find(
      (version) =>
        (versionId === undefined || version.id === versionId) &&
        (wanted === undefined || version.stages.includes(wanted)),
    );
    if (found) return found;
    const what = versionId ? `VersionId: ${versionId}` : `staging label: ${wanted}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${what}`,
    );
  }

  private byArn(id: string): Secret | undefined {
    if (!id.startsWith('arn:')) return undefined;
    const found = [...this.secrets.values()].find((secret) => secret.arn === id || secret.arn.slice(0, -7) === id);
    return found && this.present(found.name);
  }

  /** A secret whose recovery window is over is gone. */
  private present(name: string): Secret | undefined {
    const secret = this.secrets.get(name);
    if (secret?.removeAt === undefined || secret.removeAt > Date.now()) return secret;
    this.documents.delete(name);
    this.secrets.delete(name);
    return undefined;
  }

  private save(secret: Secret): Secret {
    this.documents.put(secret.name, secret);
    this.secrets.set(secret.name, secret);
    return secret;
  }
}

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
const scheduled = (): AwsError =>
  new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
const hasValue = ({ SecretString, SecretBinary }: SecretValue): boolean =>
  SecretString !== undefined || SecretBinary !== undefined;

/** Adds a version. Labels move to it; what was current becomes previous; versions without a label fall away when there are too many. */
function withVersion(secret: Secret, value: SecretValue, stages: readonly string[], token: string | undefined): Secret {
  if (hasValue(value) === false) throw invalid('You must provide either SecretString or SecretBinary.');
  if (value.SecretString !== undefined && value.SecretBinary !== undefined) {
    throw invalid("You can't specify both a binary secret value and a string secret value in the same secret.");
  }
  if (Buffer.byteLength(value.SecretString ?? value.SecretBinary ?? '') > mostValueBytes)
    throw invalid('The secret value is too long.');
  const becomesCurrent = stages.includes(current);
  const moved = new Set([...stages, ...(becomesCurrent ? [previous] : [])]);
  const older = secret.versions.map((version) => ({
    ...version,
    stages: [
      ...version.stages.filter((stage) => !moved.has(stage)),
      ...(becomesCurrent && version.stages.includes(current) ? [previous] : []),
    ],
  }));
  const version: SecretVersion = { ...value, id: token ?? randomUUID(), createdAt: Date.now(), stages };
  const labelled = [version, ...older].filter((one, at) => one.stages.length > 0 || at < mostVersions);
  return { ...secret, versions: labelled.slice(0, mostVersions + 20), changedAt: Date.now() };
}
