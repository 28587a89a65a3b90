import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { topology, type TableSpec } from '@stocktool/topology';
import { copyBack, type Copied } from './copy-back';
import { ErasedOwners } from './erased-owners';
import { stopwatch } from './stopwatch';
import { copyOf, refuseWhatMustStayLost, type TableCopy } from './table-copy';

export interface RestoredTable extends Copied {
  readonly table: string;
  /** The moment that was brought back: whole seconds, as DynamoDB keeps them. */
  readonly at: Date;
  readonly seconds: { readonly untilRestorable: number; readonly restore: number; readonly copyBack: number };
}

const { erasures, users } = topology.tables;
/** Who was erased must be known before anything comes back; rows of others are nothing without the accounts. */
const stageOf = ({ name }: TableSpec): number => (name === erasures.name ? 0 : name === users.name ? 1 : 2);

/**
 * Brings back what tables have lost since a moment: DynamoDB makes copies of the tables as they were then, and the items that the
 * tables lack are put into them. A table's name stays, and so does what was written since. Copies are made at once; they are put
 * back in an order that brings nobody back who was erased, hence the marks of erasures are always among them. A copy is deleted when it
 * has been put back; when something fails, the same command goes on with the copies that are there.
 */
export async function restoreTables(
  dynamodb: DynamoDBClient,
  tables: readonly TableSpec[],
  moment: Date,
): Promise<RestoredTable[]> {
  const wanted = [erasures, ...tables.filter(({ name }) => name !== erasures.name)];
  for (const table of wanted) refuseWhatMustStayLost(table, moment);
  const copies = await Promise.all(
    wanted.map(async (table) => ({ table, copy: await copyOf(dynamodb, table, moment) })),
  );
  const erasedOwners = new ErasedOwners(dynamodb);
  const restored: RestoredTable[] = [];
  for (const stage of [0, 1, 2]) {
    const now = copies.filter(({ table }) => stageOf(table) === stage);
    restored.push(...(await Promise.all(now.map(({ table, copy }) => putBack(dynamodb, table, copy, erasedOwners)))));
  }
  return restored;
}

async function putBack(
  dynamodb: DynamoDBClient,
  table: TableSpec,
  copy: TableCopy,
  erasedOwners: ErasedOwners,
): Promise<RestoredTable> {
  const clock = stopwatch();
  const copied = await copyBack(dynamodb, { copy: copy.name, table, erasedOwners });
  const seconds = { ...copy.seconds, copyBack: clock() };
  await dynamodb.send(new DeleteTableCommand({ TableName: copy.name }));
  return { table: table.name, at: copy.at, ...copied, seconds };
}
