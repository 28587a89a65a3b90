import { Module } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { systemClock } from '@stocktool/contracts';
import { AnalysisData } from './analysis-data';
import { AnalysisTable } from './analysis.table';
import { ResultStore } from './result-store';

/** Needs the DynamoDB and S3 modules, which are global. */
@Module({
  providers: [
    {
      provide: ResultStore,
      inject: [Dynamo, ObjectStore],
      useFactory: (dynamo: Dynamo, objects: ObjectStore) => new ResultStore(dynamo, objects),
    },
    {
      provide: AnalysisTable,
      inject: [Dynamo, ResultStore],
      useFactory: (dynamo: Dynamo, results: ResultStore) => new AnalysisTable(dynamo, results, systemClock),
    },
    {
      provide: AnalysisData,
      inject: [AnalysisTable, Dynamo, ObjectStore],
      useFactory: (table: AnalysisTable, dynamo: Dynamo, objects: ObjectStore) =>
        new AnalysisData(table, dynamo, objects, systemClock),
    },
  ],
  exports: [AnalysisTable, ResultStore, AnalysisData],
})
export class AnalysesModule {}
