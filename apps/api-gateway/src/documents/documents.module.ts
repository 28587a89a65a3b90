import { Module } from '@nestjs/common';
import { DocumentsModule as DocumentTables } from '@stocktool/knowledge';
import { DocumentsController } from './documents.controller';
import { UploadDocument } from './upload-document';

@Module({ imports: [DocumentTables], controllers: [DocumentsController], providers: [UploadDocument] })
export class DocumentsModule {}
