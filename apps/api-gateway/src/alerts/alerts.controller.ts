import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageOf, PageQuery, Alert, AlertPatch, AlertRequest, type Page } from '@stocktool/contracts';
import { shownAlert, AlertTable } from '@stocktool/portfolios';
import type { FastifyReply } from 'fastify';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { IdempotencyKey } from '../idempotency/idempotency-key';
import { ChangesRevision, IfMatch, tagged } from '../revisions/if-match';
import { KeepAlert } from './keep-alert';

const headers = { ETag: 'The revision, for If-Match.' };
const ofChanges = ['alert-not-found', 'precondition-failed', 'unknown-symbol'] as const;

@ApiTags('portfolios')
@Controller('v1/alerts')
export class AlertsController {
  constructor(
    private readonly table: AlertTable,
    private readonly keep: KeepAlert,
  ) {}

  @Post()
  @Access('write')
  @Describe('createAlert', 'Be told when a price reaches a level or moves far', {
    idempotent: true,
    status: 201,
    answer: Alert,
    headers: { ...headers, Location: 'Where the alert is.' },
    problems: ['unknown-symbol', 'limit-reached'],
  })
  async create(
    @CurrentCaller() { userId }: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: AlertRequest }) request: AlertRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Alert> {
    const made = await this.keep.create(userId, request, key);
    reply.header('location', `/v1/alerts/${made.id}`);
    return tagged(reply, made);
  }

  @Get()
  @Access('read')
  @Describe('listAlerts', 'Own alerts, newest first', { answer: pageOf(Alert), problems: ['bad-cursor'] })
  async list(@CurrentCaller() { userId }: Caller, @Query({ schema: PageQuery }) page: PageQuery): Promise<Page<Alert>> {
    const { items, nextCursor } = await this.table.list(userId, page);
    return { items: items.map(shownAlert), nextCursor };
  }

  @Get(':id')
  @Access('read')
  @Describe('getAlert', 'An alert', { answer: Alert, headers, problems: ['alert-not-found'] })
  async get(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Alert> {
    return tagged(reply, shownAlert(await this.table.get(userId, id)));
  }

  @Put(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('replaceAlert', 'Replace an alert and arm it', { answer: Alert, headers, problems: ofChanges })
  async replace(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
    @Body({ schema: AlertRequest }) request: AlertRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Alert> {
    return tagged(reply, await this.keep.replace(userId, id, request, onlyIf));
  }

  @Patch(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('changeAlert', 'Change or take away conditions, and arm those that are left', {
    answer: Alert,
    headers,
    problems: ofChanges,
  })
  async patch(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
    @Body({ schema: AlertPatch }) patch: AlertPatch,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Alert> {
    return tagged(reply, await this.keep.patch(userId, id, patch, onlyIf));
  }

  @Delete(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('deleteAlert', 'Delete an alert', {
    status: 204,
    problems: ['alert-not-found', 'precondition-failed'],
  })
  async remove(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
  ): Promise<void> {
    await this.table.remove(userId, id, onlyIf);
  }
}
