import { Injectable } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import type { Page, PageQuery, PersonalData, SessionRow } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { ApiKeyTable } from '../api-keys/api-key.table';
import { accountItemId } from '../auth/account.table';
import { SessionTable } from '../sessions/session.table';

const table = topology.tables.users;
const pageSize = 50;

/** Sessions, API keys and mailed tokens. The account item itself is the erasure's own: it goes last, by `ErasureTable`. */
@Injectable()
export class AccountData implements PersonalData {
  readonly tables = [table.name];

  constructor(
    private readonly sessions: SessionTable,
    private readonly keys: ApiKeyTable,
    private readonly dynamo: Dynamo,
  ) {}

  export(userId: string) {
    return {
      sessions: this.allSessions(userId),
      apiKeys: pages((query) => this.keys.list(userId, query)),
    };
  }

  async erase(userId: string): Promise<void> {
    for (const side of ['<', '>'])
      await this.dynamo.deleteMatching(table, {
        TableName: table.name,
        KeyConditionExpression: `#partitionKey = :userId AND #sortKey ${side} :account`,
        ExpressionAttributeValues: { ':userId': userId, ':account': accountItemId },
      });
  }

  private async *allSessions(userId: string): AsyncGenerator<Omit<SessionRow, 'current'>> {
    for await (const { current: _, ...session } of pages((query) => this.sessions.list(userId, undefined, query)))
      yield session;
  }
}

async function* pages<Row>(read: (query: PageQuery) => Promise<Page<Row>>): AsyncGenerator<Row> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await read({ limit: pageSize, cursor });
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
