import { Injectable } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import type { PersonalData } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { idempotencyScopeOf } from '../idempotency/idempotency.table';

const table = topology.tables.idempotency;

/** Idempotency keys with their sealed answers. What was answered is about objects that the export has anyway. */
@Injectable()
export class IdempotencyData implements PersonalData {
  readonly tables = [table.name];

  constructor(private readonly dynamo: Dynamo) {}

  export() {
    return {};
  }

  erase(userId: string): Promise<void> {
    return this.dynamo.deletePartition(table, idempotencyScopeOf(userId));
  }
}
