import { type MessageContext, QueueHandler } from '@stocktool/aws-sqs';
import { Problem, type QueueBody } from '@stocktool/contracts';
import { ownerOfKey } from '@stocktool/knowledge';
import { IngestDocument } from './ingest-document';

/** S3 tells of a new object: the key is form-encoded. */
export class DocumentUploadedHandler extends QueueHandler<'documents'> {
  constructor(private readonly ingest: IngestDocument) {
    super();
  }

  override async handle(body: QueueBody<'documents'>, { signal }: MessageContext): Promise<void> {
    if (!('Records' in body)) return; // S3 trying its way to us
    for (const { s3 } of body.Records) {
      const owner = ownerOfKey(decodeURIComponent(s3.object.key.replaceAll('+', ' ')));
      if (!owner) throw new Problem('document-not-found', 'No document has this key.');
      await this.ingest.run(owner.userId, owner.documentId, signal);
    }
  }
}
