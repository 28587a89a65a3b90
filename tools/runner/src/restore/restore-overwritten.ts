import { isDeepStrictEqual } from 'node:util';
import {
  ConditionalCheckFailedException,
  DeleteTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { TableSpec } from '@stocktool/topology';
import { eachItemOf } from './copy-back';
import { ErasedOwners, type Item } from './erased-owners';
import { stopwatch } from './stopwatch';
import { copyOf, refuseWhatMustStayLost, wholeSecond } from './table-copy';

export interface Overwritten {
  readonly from: Date;
  readonly until: Date;
  /** Only these attributes are looked at; all of them where none is named. */
  readonly attributes?: readonly string[];
  /** Only counted, nothing is written. */
  readonly dryRun?: boolean;
}

export interface RestoredItems {
  readonly table: string;
  /** The two moments that were compared: whole seconds around the time that was given. */
  readonly from: Date;
  readonly until: Date;
  /** Items that have again what they had, in each attribute that changed in between. */
  restored: number;
  /** Items of which such an attribute was written again since: left alone, and named, the first hundred of them. */
  changedSince: number;
  readonly changedSinceKeys: string[];
  /** Items that were deleted since, or in between: `tables` brings those back. */
  gone: number;
  /** Items of accounts that are erased: left alone. */
  erased: number;
  readonly seconds: { readonly untilRestorable: number; readonly restore: number; readonly compare: number };
}

const keysNamedAtMost = 100;

/**
 * Takes back what was written over between two moments: of each item, every attribute that differs between copies of the table at
 * both gets its former value, where it still has the later one. What was rightly written in between is taken back too, which
 * is why attributes can be named; what was written since stays.
 */
export async function restoreOverwritten(
  dynamodb: DynamoDBClient,
  table: TableSpec,
  { from, until, attributes, dryRun = false }: Overwritten,
): Promise<RestoredItems> {
  refuseWhatMustStayLost(table, from);
  const moments = [wholeSecond(from), wholeSecond(new Date(until.getTime() + 999))] as const;
  const [before, after] = await Promise.all(moments.map((moment) => copyOf(dynamodb, table, moment)));
  const clock = stopwatch();
  const erasedOwners = new ErasedOwners(dynamodb);
  const count = { restored: 0, changedSince: 0, gone: 0, erased: 0, changedSinceKeys: [] as string[] };
  await eachItemOf(dynamodb, before!.name, async (was) => {
    const Key = keyOf(table, was);
    const { Item: became } = await dynamodb.send(new GetItemCommand({ TableName: after!.name, Key }));
    if (became === undefined) return void count.gone++;
    const changed = [...new Set([...Object.keys(was), ...Object.keys(became)])].filter(
      (name) => (attributes?.includes(name) ?? true) && !isDeepStrictEqual(was[name], became[name]),
    );
    if (changed.length === 0) return;
    // An erasure that began in between must not be undone either.
    if ('erasingSince' in became || (await erasedOwners.own(was))) return void count.erased++;
    const outcome = dryRun ? 'restored' : await takeBack(dynamodb, table, { Key, was, became, changed });
    count[outcome]++;
    if (outcome === 'changedSince' && count.changedSinceKeys.length < keysNamedAtMost)
      count.changedSinceKeys.push(
        Object.values(Key)
          .map(({ S }) => S)
          .join(' '),
      );
  });
  const seconds = {
    untilRestorable: Math.max(before!.seconds.untilRestorable, after!.seconds.untilRestorable),
    restore: Math.max(before!.seconds.restore, after!.seconds.restore),
    compare: clock(),
  };
  for (const { name } of [before!, after!]) await dynamodb.send(new DeleteTableCommand({ TableName: name }));
  return { table: table.name, from: before!.at, until: after!.at, ...count, seconds };
}

const keyOf = ({ partitionKey, sortKey }: TableSpec, item: Item): Item => ({
  [partitionKey]: item[partitionKey]!,
  [sortKey]: item[sortKey]!,
});

interface Change {
  readonly Key: Item;
  readonly was: Item;
  readonly became: Item;
  readonly changed: readonly string[];
}

async function takeBack(
  dynamodb: DynamoDBClient,
  { name: TableName, partitionKey }: TableSpec,
  { Key, was, became, changed }: Change,
): Promise<'restored' | 'changedSince' | 'gone'> {
  const numbered = changed.map((name, index) => ({
    name: `#n${index}`,
    was: `:was${index}`,
    became: `:became${index}`,
    attribute: name,
  }));
  const sets = numbered.filter(({ attribute }) => attribute in was);
  const removes = numbered.filter(({ attribute }) => !(attribute in was));
  const words = (verb: string, parts: readonly string[]) => (parts.length > 0 ? [`${verb} ${parts.join(', ')}`] : []);
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: [
          ...words(
            'SET',
            sets.map((one) => `${one.name} = ${one.was}`),
          ),
          ...words(
            'REMOVE',
            removes.map(({ name }) => name),
          ),
        ].join(' '),
        ConditionExpression: [
          'attribute_exists(#key)',
          ...numbered.map((one) =>
            one.attribute in became ? `${one.name} = ${one.became}` : `attribute_not_exists(${one.name})`,
          ),
        ].join(' AND '),
        ExpressionAttributeNames: {
          '#key': partitionKey,
          ...Object.fromEntries(numbered.map((one) => [one.name, one.attribute])),
        },
        ExpressionAttributeValues: Object.fromEntries([
          ...sets.map((one) => [one.was, was[one.attribute]!] as const),
          ...numbered.flatMap((one) =>
            one.attribute in became ? [[one.became, became[one.attribute]!] as const] : [],
          ),
        ]),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return 'restored';
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item === undefined ? 'gone' : 'changedSince';
  }
}
