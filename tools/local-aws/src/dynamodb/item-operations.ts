import type { Operation, Operations } from '../http/json-service';
import { database, prepare, run, runNow, type ActionName, type Item, type Request } from './dynalite';
import { ddbError, fromDynalite, isConditionFailure } from './errors';
import type { GroupCommit } from './group-commit';
import { itemPrefix } from './keys';
import type { Tables } from './tables';

const wantsOldItem = (body: Request): boolean => body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';

/** Reading and writing single items, batches, queries and scans: dynalite's actions on our staging. */
export function itemOperations(tables: Tables, commits: GroupCommit): Operations {
  const write =
    (name: ActionName): Operation =>
    async (body) => {
      const raw = body as Request;
      const withOldItem = wantsOldItem(raw);
      const staging = tables.staging();
      let result: Record<string, unknown>;
      try {
        const request = prepare(name, raw);
        try {
          result = runNow(name, staging, request);
        } catch (thrown) {
          const error = fromDynalite(thrown);
          if (withOldItem && isConditionFailure(error)) throw withItem(error, tables, request);
          throw error;
        }
      } catch (error) {
        throw fromDynalite(error);
      }
      await commits.commit(staging.writes);
      return result;
    };

  const readNow =
    (name: ActionName): Operation =>
    (body) => {
      try {
        return runNow(name, tables.staging(), prepare(name, body as Request));
      } catch (error) {
        throw fromDynalite(error);
      }
    };

  const readRange =
    (name: ActionName): Operation =>
    async (body) => {
      try {
        return await run(name, tables.staging(), prepare(name, body as Request));
      } catch (error) {
        throw fromDynalite(error);
      }
    };

  return {
    PutItem: write('PutItem'),
    UpdateItem: write('UpdateItem'),
    DeleteItem: write('DeleteItem'),
    BatchWriteItem: write('BatchWriteItem'),
    GetItem: readNow('GetItem'),
    BatchGetItem: readRange('BatchGetItem'),
    Query: readRange('Query'),
    Scan: readRange('Scan'),
  };
}

/** The item that a condition was tested on. Nothing ran since, so it is still the same. */
function withItem(error: Error, tables: Tables, request: Request): Error {
  const name = request.TableName as string;
  const { description } = tables.get(name);
  const key = database.createKey((request.Item ?? request.Key) as Item, description);
  const found = tables.staging().read(itemPrefix(name) + key);
  return found ? ddbError('ConditionalCheckFailedException', error.message, { Item: found }) : error;
}
