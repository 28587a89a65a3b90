import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageOf, PageQuery, Watchlist, WatchlistPatch, WatchlistRequest, type Page } from '@stocktool/contracts';
import { shownWatchlist, WatchlistTable } from '@stocktool/portfolios';
import type { FastifyReply } from 'fastify';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { IdempotencyKey } from '../idempotency/idempotency-key';
import { ChangesRevision, IfMatch, tagged } from '../revisions/if-match';
import { KeepWatchlist } from './keep-watchlist';

const headers = { ETag: 'The revision, for If-Match.' };
const ofChanges = ['watchlist-not-found', 'precondition-failed', 'unknown-symbol'] as const;

@ApiTags('portfolios')
@Controller('v1/watchlists')
export class WatchlistsController {
  constructor(
    private readonly table: WatchlistTable,
    private readonly keep: KeepWatchlist,
  ) {}

  @Post()
  @Access('write')
  @Describe('createWatchlist', 'Make a watchlist', {
    idempotent: true,
    status: 201,
    answer: Watchlist,
    headers: { ...headers, Location: 'Where the watchlist is.' },
    problems: ['unknown-symbol', 'limit-reached'],
  })
  async create(
    @CurrentCaller() { userId }: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: WatchlistRequest }) request: WatchlistRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Watchlist> {
    const made = await this.keep.create(userId, request, key);
    reply.header('location', `/v1/watchlists/${made.id}`);
    return tagged(reply, made);
  }

  @Get()
  @Access('read')
  @Describe('listWatchlists', 'Own watchlists, newest first', { answer: pageOf(Watchlist), problems: ['bad-cursor'] })
  async list(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: PageQuery }) page: PageQuery,
  ): Promise<Page<Watchlist>> {
    const { items, nextCursor } = await this.table.list(userId, page);
    return { items: items.map(shownWatchlist), nextCursor };
  }

  @Get(':id')
  @Access('read')
  @Describe('getWatchlist', 'A watchlist', { answer: Watchlist, headers, problems: ['watchlist-not-found'] })
  async get(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Watchlist> {
    return tagged(reply, shownWatchlist(await this.table.get(userId, id)));
  }

  @Put(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('replaceWatchlist', 'Replace a watchlist', { answer: Watchlist, headers, problems: ofChanges })
  async replace(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
    @Body({ schema: WatchlistRequest }) request: WatchlistRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Watchlist> {
    return tagged(reply, await this.keep.change(userId, id, request, onlyIf));
  }

  @Patch(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('changeWatchlist', 'Change the name or the symbols', { answer: Watchlist, headers, problems: ofChanges })
  async patch(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
    @Body({ schema: WatchlistPatch }) patch: WatchlistPatch,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Watchlist> {
    return tagged(reply, await this.keep.change(userId, id, patch, onlyIf));
  }

  @Delete(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('deleteWatchlist', 'Delete a watchlist', {
    status: 204,
    problems: ['watchlist-not-found', 'precondition-failed'],
  })
  async remove(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
  ): Promise<void> {
    await this.table.remove(userId, id, onlyIf);
  }
}
