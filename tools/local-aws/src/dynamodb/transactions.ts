import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../aws-error';
import { operation, type Operations } from '../http/json-service';
import { database, prepare, runNow, type Item, type Request } from './dynalite';
import { ddbError, fromDynalite, validation } from './errors';
import type { GroupCommit } from './group-commit';
import { itemPrefix } from './keys';
import type { Staging } from './staging';
import type { Tables } from './tables';

const mostItems = 100;
const tokenLifeMs = 10 * 60_000;
const mostTokens = 10_000;

const actionOf = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'DeleteItem' } as const;
type Kind = keyof typeof actionOf;
const isKind = (name: string | undefined): name is Kind => name !== undefined && Object.hasOwn(actionOf, name);

const WriteItems = z.object({
  TransactItems: z
    .array(z.record(z.string(), z.looseObject({ TableName: z.string() })))
    .min(1)
    .max(mostItems),
  ClientRequestToken: z.string().min(1).max(36).nullish(),
  ReturnConsumedCapacity: z.enum(['INDEXES', 'TOTAL', 'NONE']).nullish(),
});
const GetItems = z.object({
  TransactItems: z
    .array(z.object({ Get: z.looseObject({ TableName: z.string() }) }))
    .min(1)
    .max(mostItems),
  ReturnConsumedCapacity: z.enum(['INDEXES', 'TOTAL', 'NONE']).nullish(),
});

interface Step {
  readonly kind: Kind;
  readonly table: string;
  readonly request: Request;
  readonly before: Item | undefined;
  readonly withOldItem: boolean;
}
interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/**
 * Transactions. All conditions are read and all writes staged without giving way to another call, and the writes are one atomic batch:
 * no plain write can come in between, and a crash leaves all or nothing.
 */
export function transactionOperations(tables: Tables, commits: GroupCommit): Operations {
  const tokens = new RequestTokens();
  return {
    TransactWriteItems: operation(WriteItems, async (input) => {
      const { ClientRequestToken: token, TransactItems, ReturnConsumedCapacity: capacity } = input;
      const digest = token ? createHash('sha256').update(JSON.stringify(TransactItems)).digest('base64') : '';
      if (token && (await tokens.wasDone(token, digest))) return {};
      const staging = tables.staging();
      const steps = TransactItems.map((entry) => stepOf(entry, tables, staging));
      checkDistinct(steps, tables);
      const reasons = steps.map(conditionReason);
      if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
      steps.forEach((step, at) => apply(step, at, steps.length, staging));
      const stored = commits.commit(staging.writes);
      if (token) tokens.remember(token, digest, stored);
      await stored;
      return capacity && capacity !== 'NONE' ? { ConsumedCapacity: writeCapacity(steps) } : {};
    }),
    TransactGetItems: operation(GetItems, async (input) => {
      const staging = tables.staging();
      const Responses = input.TransactItems.map(({ Get }) => {
        try {
          return runNow('GetItem', staging, prepare('GetItem', { ...Get }));
        } catch (error) {
          throw fromDynalite(error);
        }
      });
      await commits.settled();
      return { Responses: Responses.map(({ Item }) => (Item ? { Item } : {})) };
    }),
  };
}

function stepOf(entry: Record<string, Request & { TableName: string }>, tables: Tables, staging: Staging): Step {
  const [kind, ...more] = Object.keys(entry);
  if (!isKind(kind) || more.length > 0) {
    throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const raw = { ...entry[kind] } as Request;
  const table = raw.TableName as string;
  if (kind === 'ConditionCheck' && typeof raw.ConditionExpression !== 'string') {
    throw validation('The ConditionExpression of a ConditionCheck is required');
  }
  const withOldItem = raw.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  try {
    const request = prepare(actionOf[kind], raw);
    const { description } = tables.get(table);
    const invalid =
      kind === 'Put'
        ? database.validateItem(request.Item as Item, description)
        : database.validateKey(request.Key as Item, description);
    if (invalid) throw invalid;
    const key = database.createKey((request.Item ?? request.Key) as Item, description);
    return { kind, table, request, before: staging.read(itemPrefix(table) + key) as Item | undefined, withOldItem };
  } catch (error) {
    throw fromDynalite(error);
  }
}

function checkDistinct(steps: readonly Step[], tables: Tables): void {
  const keys = steps.map(
    ({ table, request }) =>
      `${table} ${database.createKey((request.Item ?? request.Key) as Item, tables.get(table).description)}`,
  );
  if (new Set(keys).size < keys.length)
    throw validation('Transaction request cannot include multiple operations on one item');
}

function conditionReason({ request, before, withOldItem }: Step): Reason {
  if (!database.checkConditional(request, before)) return { Code: 'None' };
  return {
    Code: 'ConditionalCheckFailed',
    Message: 'The conditional request failed',
    ...(withOldItem && before && { Item: before }),
  };
}

function apply({ kind, request }: Step, at: number, count: number, staging: Staging): void {
  if (kind === 'ConditionCheck') return;
  try {
    runNow(actionOf[kind], staging, request);
  } catch (thrown) {
    const error = fromDynalite(thrown);
    if (!(error instanceof AwsError)) throw error;
    const reason = { Code: 'ValidationError', Message: error.message };
    throw cancelled(Array.from({ length: count }, (_, index) => (index === at ? reason : { Code: 'None' })));
  }
}

function cancelled(reasons: readonly Reason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return ddbError('TransactionCanceledException', message, { Message: message, CancellationReasons: reasons });
}

/** A transaction writes every item twice. */
function writeCapacity(
  steps: readonly Step[],
): { TableName: string; CapacityUnits: number; WriteCapacityUnits: number }[] {
  const units = new Map<string, number>();
  for (const { table, request, before } of steps) {
    const after = request.Item as Item | undefined;
    const single = Math.max(
      database.capacityUnits(before, false, true),
      database.capacityUnits(after ?? before, false, true),
    );
    units.set(table, (units.get(table) ?? 0) + 2 * single);
  }
  return [...units].map(([TableName, CapacityUnits]) => ({
    TableName,
    CapacityUnits,
    WriteCapacityUnits: CapacityUnits,
  }));
}

/** Tokens of the last ten minutes: the same transaction again is a success without effect, another one under the same token is refused. */
class RequestTokens {
  private readonly tokens = new Map<string, { digest: string; expiresAt: number; stored: Promise<void> }>();

  async wasDone(token: string, digest: string): Promise<boolean> {
    const known = this.tokens.get(token);
    if (!known || known.expiresAt < Date.now()) return false;
    if (known.digest !== digest) {
      throw ddbError('IdempotentParameterMismatchException', 'The token was used with another transaction');
    }
    await known.stored;
    return true;
  }

  remember(token: string, digest: string, stored: Promise<void>): void {
    const now = Date.now();
    for (const [old, { expiresAt }] of this.tokens) {
      if (expiresAt >= now && this.tokens.size < mostTokens) break;
      this.tokens.delete(old);
    }
    this.tokens.set(token, { digest, expiresAt: now + tokenLifeMs, stored });
    stored.catch(() => this.tokens.delete(token));
  }
}
