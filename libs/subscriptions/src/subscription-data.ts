import { Dynamo } from '@stocktool/aws-dynamodb';
import type { Page, PageQuery, PersonalData, Subscription } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { DeliveryTable } from './delivery.table';
import { SubscriptionTable } from './subscription.table';

const table = topology.tables.subscriptions;
const pageSize = 100;

/** A user's subscriptions and what was delivered to them. Signing secrets are not exported: they are shown once. */
export class SubscriptionData implements PersonalData {
  readonly tables = [table.name];

  constructor(
    private readonly subscriptions: SubscriptionTable,
    private readonly deliveries: DeliveryTable,
    private readonly dynamo: Dynamo,
  ) {}

  export(userId: string) {
    return { subscriptions: this.all(userId), deliveries: this.allDeliveries(userId) };
  }

  erase(userId: string): Promise<void> {
    return this.dynamo.deletePartition(table, userId);
  }

  private all(userId: string): AsyncGenerator<Subscription> {
    return pages((query) => this.subscriptions.list(userId, query));
  }

  private async *allDeliveries(userId: string) {
    for await (const { id: subscriptionId } of this.all(userId))
      for await (const delivery of pages((query) => this.deliveries.list(userId, subscriptionId, query)))
        yield { ...delivery, subscriptionId };
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
