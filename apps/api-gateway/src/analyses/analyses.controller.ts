import { Body, Controller, Delete, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnalysisTable } from '@stocktool/analyses';
import {
  Analysis,
  AnalysisAccepted,
  AnalysisRequest,
  AnalysisSummary,
  pageOf,
  PageQuery,
  type Page,
} from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe, Resumable } from '../documentation/describe';
import { IdempotencyKey } from '../idempotency/idempotency-key';
import { RequestAnalysis } from './request-analysis';
import { StreamAnalysis } from './stream-analysis';

@ApiTags('analyses')
@Controller('v1/analyses')
export class AnalysesController {
  constructor(
    private readonly requestAnalysis: RequestAnalysis,
    private readonly table: AnalysisTable,
    private readonly streamAnalysis: StreamAnalysis,
  ) {}

  @Post()
  @Access('write')
  @Describe('createAnalysis', 'Start an analysis of a portfolio', {
    idempotent: true,
    status: 202,
    answer: AnalysisAccepted,
    description: 'Accepted.',
    headers: { Location: 'Where the analysis is.' },
    problems: [
      'unknown-symbol',
      'no-date-overlap',
      'currency-mismatch',
      'unknown-portfolio',
      'portfolio-empty',
      'inconsistent-transactions',
      'body-too-large',
    ],
  })
  async create(
    @CurrentCaller() { userId }: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: AnalysisRequest }) request: AnalysisRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AnalysisAccepted> {
    const accepted = await this.requestAnalysis.run(userId, request, key);
    reply.header('location', accepted.links.self);
    return accepted;
  }

  @Get()
  @Access('read')
  @Describe('listAnalyses', 'Own analyses, newest first, without results', {
    answer: pageOf(AnalysisSummary),
    problems: ['bad-cursor'],
  })
  list(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: PageQuery }) page: PageQuery,
  ): Promise<Page<AnalysisSummary>> {
    return this.table.list(userId, page);
  }

  @Get(':id')
  @Access('read')
  @Describe('getAnalysis', 'Status, request and, once it has succeeded, the result', {
    answer: Analysis,
    problems: ['analysis-not-found'],
  })
  get(@CurrentCaller() { userId }: Caller, @Param('id') id: string): Promise<Analysis> {
    return this.table.get(userId, id);
  }

  @Get(':id/events')
  @Access('read')
  @Resumable()
  @Describe('watchAnalysis', 'Events `status`, `progress` and `done` of an analysis as they happen', {
    stream: 'text/event-stream',
    problems: ['analysis-not-found'],
  })
  events(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.streamAnalysis.run(userId, id, lastEventId, reply);
  }

  @Delete(':id')
  @Access('write')
  @Describe('cancelAnalysis', 'Cancel an analysis that has not finished', {
    status: 204,
    problems: ['analysis-not-found', 'analysis-finished'],
  })
  async cancel(@CurrentCaller() { userId }: Caller, @Param('id') id: string): Promise<void> {
    await this.table.cancel(userId, id);
  }
}
