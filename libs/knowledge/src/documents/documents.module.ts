import { Module } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { systemClock } from '@stocktool/contracts';
import { DocumentTable } from './document.table';
import { RemoveDocument } from './remove-document';

/** Needs the DynamoDB and S3 modules, which are global. */
@Module({
  providers: [
    {
      provide: DocumentTable,
      inject: [Dynamo],
      useFactory: (dynamo: Dynamo) => new DocumentTable(dynamo, systemClock),
    },
    {
      provide: RemoveDocument,
      inject: [DocumentTable, ObjectStore],
      useFactory: (table: DocumentTable, objects: ObjectStore) => new RemoveDocument(table, objects, systemClock),
    },
  ],
  exports: [DocumentTable, RemoveDocument],
})
export class DocumentsModule {}
