export {
  documentKey,
  ownerOfKey,
  segmentKey,
  segmentPrefix,
  shownDocument,
  type DocumentRow,
  type ReadingAttempt,
} from './documents/document-rows';
export { DocumentTable } from './documents/document.table';
export { DocumentsModule } from './documents/documents.module';
export { documentBuckets, type DocumentBuckets, RemoveDocument } from './documents/remove-document';
export { BuiltInPages } from './search/built-in';
export { Knowledge, KnowledgeSearch } from './search/knowledge';
