import { Injectable } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import type { PersonalData } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';

const table = topology.tables.documents;
const { knowledge, reports } = topology.buckets;

/** A user's own documents, every version of them, and their index. Nothing writes them yet: there is none to export. */
@Injectable()
export class DocumentData implements PersonalData {
  readonly tables = [table.name];

  constructor(
    private readonly dynamo: Dynamo,
    private readonly objects: ObjectStore,
  ) {}

  export() {
    return {};
  }

  async erase(userId: string): Promise<void> {
    await this.dynamo.deletePartition(table, userId);
    await this.objects.deleteUnder(knowledge.name, `${knowledge.uploads.prefix}${userId}/`);
    await this.objects.deleteUnder(reports.name, `index/${userId}/`);
  }
}
