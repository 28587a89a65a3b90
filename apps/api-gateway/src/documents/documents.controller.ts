import { Body, Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { ObjectStore } from '@stocktool/aws-s3';
import {
  Clock,
  Document,
  DocumentRequest,
  DocumentUpload,
  DownloadLink,
  DownloadQuery,
  pageOf,
  PageQuery,
  type Page,
} from '@stocktool/contracts';
import { DocumentTable, RemoveDocument, shownDocument } from '@stocktool/knowledge';
import type { FastifyReply } from 'fastify';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { IdempotencyKey } from '../idempotency/idempotency-key';
import { downloadOf } from './download';
import { UploadDocument } from './upload-document';

@ApiTags('documents')
@Controller('v1/documents')
export class DocumentsController {
  constructor(
    private readonly table: DocumentTable,
    private readonly upload: UploadDocument,
    private readonly removal: RemoveDocument,
    private readonly objects: ObjectStore,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Access('write')
  @Describe('uploadDocument', 'A link to upload a document; a name that is there already gets a new version', {
    idempotent: true,
    status: 201,
    answer: DocumentUpload,
    headers: { Location: 'Where the document is.' },
    problems: ['unsupported-media-type', 'body-too-large', 'limit-reached'],
  })
  async create(
    @CurrentCaller() { userId }: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: DocumentRequest }) request: DocumentRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DocumentUpload> {
    const made = await this.upload.run(userId, request, key);
    reply.header('location', `/v1/documents/${made.id}`);
    return made;
  }

  @Get()
  @Access('read')
  @Describe('listDocuments', 'Own documents, newest first', { answer: pageOf(Document), problems: ['bad-cursor'] })
  async list(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: PageQuery }) page: PageQuery,
  ): Promise<Page<Document>> {
    const { items, nextCursor } = await this.table.list(userId, page);
    return { items: items.map(shownDocument), nextCursor };
  }

  @Get(':id')
  @Access('read')
  @Describe('getDocument', 'A document: whether it can be searched, and its versions', {
    answer: Document,
    problems: ['document-not-found'],
  })
  async get(@CurrentCaller() { userId }: Caller, @Param('id') id: string): Promise<Document> {
    return shownDocument(await this.table.get(userId, id));
  }

  @Delete(':id')
  @Access('write')
  @Describe('deleteDocument', 'Delete a document with all its versions', {
    status: 204,
    problems: ['document-not-found'],
  })
  remove(@CurrentCaller() { userId }: Caller, @Param('id') id: string): Promise<void> {
    return this.removal.run(userId, id);
  }

  @Get(':id/download')
  @Access('read')
  @ApiResponse({ status: 302, description: 'To the file; the link works for 15 minutes.' })
  @Describe('downloadDocument', 'A version of a document, the newest one by default', {
    answer: DownloadLink,
    description: 'With `redirect=false`: the link itself.',
    problems: ['document-not-found'],
  })
  async download(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Query({ schema: DownloadQuery }) { versionId, redirect }: DownloadQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DownloadLink> {
    const row = await this.table.get(userId, id);
    const link = await downloadOf(row, versionId, { objects: this.objects, clock: this.clock });
    if (redirect === 'true') reply.code(302).header('location', link.url);
    else reply.code(200);
    return link;
  }
}
