import { PromptDynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { EventPublisher } from '@stocktool/aws-sns';
import { systemClock } from '@stocktool/contracts';
import {
  BuiltInPages,
  documentBuckets,
  DocumentTable,
  Knowledge,
  KnowledgeSearch,
  RemoveDocument,
} from '@stocktool/knowledge';
import type { Environment } from '../config';
import { DocumentSweep } from './document-sweep';
import { DocumentUploadedHandler } from './document-uploaded.handler';
import { IngestDocument } from './ingest-document';
import { ReadInThread } from './read-in-thread';

/** What reads the documents of users, and what finds something in them. */
export const documentProviders = ({ DATA_DIR, KNOWLEDGE_CACHE_MEGABYTES, SWEEP_SECONDS }: Environment) => [
  {
    provide: KnowledgeSearch,
    inject: [PromptDynamo, ObjectStore],
    useFactory: async (dynamo: PromptDynamo, objects: ObjectStore) =>
      new Knowledge(await BuiltInPages.open(DATA_DIR), new DocumentTable(dynamo, systemClock), objects, {
        cacheMegabytes: KNOWLEDGE_CACHE_MEGABYTES,
      }),
  },
  { provide: ReadInThread, useFactory: () => new ReadInThread() },
  {
    provide: IngestDocument,
    inject: [DocumentTable, ObjectStore, ReadInThread, EventPublisher],
    useFactory: (table: DocumentTable, objects: ObjectStore, reader: ReadInThread, publisher: EventPublisher) =>
      new IngestDocument({ table, objects, reader, publisher, clock: systemClock, buckets: documentBuckets }),
  },
  {
    provide: DocumentUploadedHandler,
    inject: [IngestDocument],
    useFactory: (ingest: IngestDocument) => new DocumentUploadedHandler(ingest),
  },
  {
    provide: DocumentSweep,
    inject: [DocumentTable, IngestDocument, RemoveDocument],
    useFactory: (table: DocumentTable, ingest: IngestDocument, removal: RemoveDocument) =>
      new DocumentSweep(table, ingest, removal, SWEEP_SECONDS),
  },
];
