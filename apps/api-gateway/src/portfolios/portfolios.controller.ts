import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import {
  pageOf,
  PageQuery,
  Portfolio,
  PortfolioPatch,
  PortfolioRequest,
  PortfolioSummary,
  Transaction,
  TransactionImport,
  type Page,
} from '@stocktool/contracts';
import { portfolioSummary, PortfolioStore } from '@stocktool/portfolios';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { IdempotencyKey } from '../idempotency/idempotency-key';
import { ChangesRevision, IfMatch, tagged } from '../revisions/if-match';
import { KeepPortfolio } from './keep-portfolio';
import { ListTransactions } from './list-transactions';

const headers = { ETag: 'The revision, for If-Match.' };
const ofChanges = ['portfolio-not-found', 'precondition-failed', 'unknown-symbol', 'body-too-large'] as const;

const TransactionCsv = z.string().default('').meta({
  id: 'TransactionCsv',
  example: 'date,type,symbol,quantity,price,amount\n2015-01-02,buy,AAPL,10,109.33,\n2015-02-05,dividend,AAPL,,,4.7\n',
});

@ApiTags('portfolios')
@Controller('v1/portfolios')
export class PortfoliosController {
  constructor(
    private readonly store: PortfolioStore,
    private readonly keep: KeepPortfolio,
    private readonly listTransactions: ListTransactions,
  ) {}

  @Post()
  @Access('write')
  @Describe('createPortfolio', 'Make a portfolio', {
    idempotent: true,
    status: 201,
    answer: Portfolio,
    headers: { ...headers, Location: 'Where the portfolio is.' },
    problems: ['unknown-symbol', 'limit-reached', 'body-too-large'],
  })
  async create(
    @CurrentCaller() { userId }: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: PortfolioRequest }) request: PortfolioRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Portfolio> {
    const made = await this.keep.create(userId, request, key);
    reply.header('location', `/v1/portfolios/${made.id}`);
    return tagged(reply, made);
  }

  @Get()
  @Access('read')
  @Describe('listPortfolios', 'Own portfolios, newest first, without transactions', {
    answer: pageOf(PortfolioSummary),
    problems: ['bad-cursor'],
  })
  async list(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: PageQuery }) page: PageQuery,
  ): Promise<Page<PortfolioSummary>> {
    const { items, nextCursor } = await this.store.list(userId, page);
    return { items: items.map(portfolioSummary), nextCursor };
  }

  @Get(':id')
  @Access('read')
  @Describe('getPortfolio', 'A portfolio with what is held', {
    answer: Portfolio,
    headers,
    problems: ['portfolio-not-found'],
  })
  async get(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Portfolio> {
    return tagged(reply, await this.keep.get(userId, id));
  }

  @Put(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('replacePortfolio', 'Replace a portfolio, its transactions too', {
    answer: Portfolio,
    headers,
    problems: ofChanges,
  })
  async replace(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
    @Body({ schema: PortfolioRequest }) request: PortfolioRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Portfolio> {
    return tagged(reply, await this.keep.replace(userId, id, request, onlyIf));
  }

  @Patch(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('changePortfolio', 'Change what is named', { answer: Portfolio, headers, problems: ofChanges })
  async patch(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
    @Body({ schema: PortfolioPatch }) patch: PortfolioPatch,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Portfolio> {
    return tagged(reply, await this.keep.patch(userId, id, patch, onlyIf));
  }

  @Delete(':id')
  @Access('write')
  @ChangesRevision()
  @Describe('deletePortfolio', 'Delete a portfolio and its transactions', {
    status: 204,
    problems: ['portfolio-not-found', 'precondition-failed'],
  })
  remove(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
  ): Promise<void> {
    return this.store.remove(userId, id, onlyIf);
  }

  @Get(':id/transactions')
  @Access('read')
  @Describe('listTransactions', 'The transactions of a portfolio by date, oldest first', {
    answer: pageOf(Transaction),
    problems: ['portfolio-not-found', 'bad-cursor'],
  })
  transactions(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Query({ schema: PageQuery }) page: PageQuery,
  ): Promise<Page<Transaction>> {
    return this.listTransactions.run(userId, id, page);
  }

  @Post(':id/import')
  @Access('write')
  @ApiConsumes('text/csv')
  @ChangesRevision()
  @Describe('importTransactions', 'Add the transactions of a CSV file that are not there yet: all of them or none', {
    answer: TransactionImport,
    headers,
    problems: [...ofChanges, 'limit-reached', 'unsupported-media-type'],
  })
  async import(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @IfMatch() onlyIf: ReadonlySet<number> | undefined,
    @Body({ schema: TransactionCsv }) csv: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransactionImport> {
    return tagged(reply, await this.keep.import(userId, id, csv, onlyIf));
  }
}
