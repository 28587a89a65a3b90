import { Injectable } from '@nestjs/common';
import { ObjectStore } from '@stocktool/aws-s3';
import {
  Clock,
  DocumentUpload,
  documentTypes,
  largestDocumentBytes,
  Problem,
  type DocumentRequest,
} from '@stocktool/contracts';
import { documentBuckets, documentKey, DocumentTable } from '@stocktool/knowledge';
import { Idempotency } from '../idempotency/idempotency';

const linkSeconds = 15 * 60;
const mostDocuments = 200;

@Injectable()
export class UploadDocument {
  constructor(
    private readonly table: DocumentTable,
    private readonly objects: ObjectStore,
    private readonly once: Idempotency,
    private readonly clock: Clock,
  ) {}

  /**
   * A link by which the document may be uploaded. A name that the user has already means a new version of that document. The row
   * precedes the link, so that whoever sees an upload finds whose it is.
   */
  async run(userId: string, request: DocumentRequest, key: string | undefined): Promise<DocumentUpload> {
    const contentType = typeOf(request.contentType);
    if (request.size > largestDocumentBytes)
      throw new Problem('body-too-large', `A document has at most ${largestDocumentBytes} bytes.`);
    const operation = { operation: 'upload-document', request };
    return this.once.perKey(userId, key, operation, DocumentUpload, async () => {
      const id = await this.open(userId, request.name, contentType);
      const expiresAt = new Date(this.clock.epochMs() + linkSeconds * 1000).toISOString();
      const url = await this.objects.presignPut(documentBuckets.uploads, documentKey(userId, id), {
        expiresInSeconds: linkSeconds,
        contentType: request.contentType,
        bytes: request.size,
      });
      const headers = { 'content-type': request.contentType };
      return { id, upload: { url, method: 'PUT' as const, headers, expiresAt } };
    });
  }

  private async open(userId: string, name: string, contentType: string): Promise<string> {
    const row = await this.table.open(userId, name, contentType, mostDocuments);
    if (row.contentType === contentType || (await this.table.expect(row, contentType))) return row.documentId;
    throw new Problem('request-in-progress', 'The document of that name is being deleted.', { retryAfterSeconds: 2 });
  }
}

/** The type without its parameters. */
function typeOf(contentType: string): string {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if ((documentTypes as readonly string[]).includes(type)) return type;
  throw new Problem('unsupported-media-type', `Documents are ${documentTypes.join(', ')}.`);
}
