import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { type Analysis, Clock, type PersonalData, Problem } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { AnalysisTable } from './analysis.table';
import { ErasedUsers } from './erased-users';

const table = topology.tables.analyses;
const bucket = topology.buckets.reports.name;
const pageSize = 50;

/** A user's analyses: requests, states, results, reports. */
export class AnalysisData implements PersonalData {
  readonly tables = [table.name];
  private readonly erased: ErasedUsers;

  constructor(
    private readonly analyses: AnalysisTable,
    private readonly dynamo: Dynamo,
    private readonly objects: ObjectStore,
    clock: Clock,
  ) {
    this.erased = new ErasedUsers(dynamo, clock);
  }

  export(userId: string) {
    return { analyses: this.all(userId) };
  }

  /** Whoever works on one finds no row to write to; messages that are still in the queue are done with. */
  async erase(userId: string): Promise<void> {
    await this.erased.add(userId);
    await this.dynamo.deletePartition(table, userId);
    for (const kind of ['results', 'reports']) await this.objects.deleteUnder(bucket, `${kind}/${userId}/`);
  }

  private async *all(userId: string): AsyncGenerator<Analysis> {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await this.analyses.list(userId, { limit: pageSize, cursor });
      for (const { id } of items) {
        const analysis = await this.analyses.get(userId, id).catch(unlessGone);
        if (analysis) yield analysis;
      }
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof Problem && error.code === 'analysis-not-found')) throw error;
}
