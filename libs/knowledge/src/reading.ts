/** For the thread that reads documents, without anything that talks to AWS. */
export { readPassages } from './reading/read-document';
export { encodeSegment } from './search/segment';
