import { tables, type TableId } from './tables';

export interface AccessPattern {
  readonly table: TableId;
  readonly question: string;
  readonly operations: readonly string[];
  /** Absent: the table's own key. */
  readonly index?: string;
}

const pattern = (table: TableId, question: string, operations: string, index?: string): AccessPattern => ({
  table,
  question,
  operations: operations.split(' '),
  ...(index !== undefined && { index }),
});

/**
 * Every question that is asked of a table, and the key or index that answers it. A recorded call that is not here, that
 * scans, or that filters what a key could have found, fails a test.
 */
export const accessPatterns: readonly AccessPattern[] = [
  pattern('users', 'the account of a user id, or the user id of an e-mail', 'GetItem'),
  pattern('users', 'register: account and e-mail together or not at all', 'TransactWriteItems'),
  pattern('users', 'change an account, rotate a session, use a mailed token once', 'UpdateItem PutItem DeleteItem'),
  pattern('users', 'the sessions, keys or tokens of a user', 'Query'),
  pattern('users', 'accounts whose erasure is due', 'Query', 'due-index'),
  pattern('users', 'erase a user: sessions, keys and tokens', 'BatchWriteItem'),
  pattern('portfolios', 'erase a user: the whole partition', 'Query BatchWriteItem'),
  pattern('analyses', 'erase a user: the whole partition', 'Query BatchWriteItem'),
  pattern('documents', 'erase a user: the whole partition', 'Query BatchWriteItem'),
  pattern('documents', 'a document of a user, or the document of a name', 'GetItem PutItem UpdateItem DeleteItem'),
  pattern('documents', 'the documents of a user, newest first', 'Query'),
  pattern('documents', 'documents of which something is left to do', 'Query', 'due-index'),
  pattern('idempotency', 'erase a user: idempotency keys, events of replies', 'Query BatchWriteItem'),
  pattern('portfolios', 'a private price series by name', 'GetItem PutItem UpdateItem DeleteItem'),
  pattern('portfolios', 'the private price series of a user', 'Query'),
  pattern('portfolios', 'keep or remove a series and count it: together or not at all', 'TransactWriteItems'),
  pattern('portfolios', 'a watchlist, portfolio or alert of a user', 'GetItem PutItem UpdateItem DeleteItem'),
  pattern(
    'portfolios',
    'the watchlists, portfolios or alerts of a user, newest first; the packs of a portfolio',
    'Query',
  ),
  pattern(
    'portfolios',
    'whose symbols everybody watches, the alerts of a symbol, portfolios with a weekly report: by kind and shard',
    'Query',
    'watch-index',
  ),
  pattern('stockCache', 'the cached quote of a symbol, or what a vendor told of it', 'GetItem'),
  pattern(
    'stockCache',
    'the cached quotes of many symbols; to keep them and what vendors told',
    'BatchGetItem BatchWriteItem',
  ),
  pattern('stockCache', 'where a run of the stock updater stopped', 'GetItem BatchWriteItem'),
  pattern('analyses', 'an analysis of a user: state, request, result', 'GetItem PutItem UpdateItem'),
  pattern('analyses', 'the analyses of a user, newest first', 'Query'),
  pattern('analyses', 'jobs nobody picked up, and events nobody published', 'Query', 'due-index'),
  pattern('erasures', 'whether a user was erased', 'GetItem PutItem'),
  pattern('subscriptions', 'a subscription or delivery of a user', 'GetItem PutItem UpdateItem DeleteItem'),
  pattern('subscriptions', 'the subscriptions of a user, the deliveries of a subscription', 'Query'),
  pattern('subscriptions', 'deliveries whose next attempt is due', 'Query', 'due-index'),
  pattern(
    'subscriptions',
    'the deliveries of a deleted subscription, the subscriptions of an emptied account, the partition of an erased one',
    'BatchWriteItem',
  ),
  pattern('idempotency', 'claim, settle, count a failure, spend of a budget', 'GetItem PutItem UpdateItem DeleteItem'),
  pattern('idempotency', 'dead letters of a queue, parts of a streamed reply', 'Query'),
  pattern('conversations', 'the messages of a conversation', 'Query'),
  pattern(
    'conversations',
    'a header; add a message; close one',
    'GetItem PutItem UpdateItem DeleteItem TransactWriteItems',
  ),
  pattern('conversations', 'where the answer of a message id is, under its user', 'GetItem TransactWriteItems'),
  pattern('conversations', 'delete a conversation whole', 'BatchWriteItem'),
  pattern('conversations', 'the conversations of a user, newest first', 'Query', 'user-index'),
];

/** What the health probes ask, of any table. */
const probeOperations: readonly string[] = ['DescribeTable'];

/** Whether the table's own key or the index answers this operation by declaration. */
export const isDeclared = (tableName: string, operation: string, index: string | undefined): boolean =>
  accessPatterns.some(
    (row) => tables[row.table].name === tableName && row.operations.includes(operation) && row.index === index,
  ) || probeOperations.includes(operation);
