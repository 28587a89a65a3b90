import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Everything that outlives the process, except the items of DynamoDB and the bytes of objects, is in this one database. */
export function openState(dataDirectory: string | undefined): DatabaseSync {
  if (dataDirectory) mkdirSync(dataDirectory, { recursive: true });
  const database = new DatabaseSync(dataDirectory ? path.join(dataDirectory, 'state.sqlite') : ':memory:');
  // WAL with synchronous=NORMAL: a killed process loses nothing, a power cut at most the last commits.
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000; PRAGMA foreign_keys = ON',
  );
  return database;
}

/** Runs `work` in one transaction: all of it or nothing. */
export function atomically<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
