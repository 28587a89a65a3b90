export { chunkDocument, readDocument, type Chunk, type KnowledgeDocument } from './chunk-document';
export { KnowledgeIndex } from './knowledge-index';
