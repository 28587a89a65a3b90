import { Body, Controller, Delete, Get, Param, Put, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiResponse, ApiTags } from '@nestjs/swagger';
import { pageOf, PageQuery, PriceSeries, type Page } from '@stocktool/contracts';
import { PriceSeriesStore } from '@stocktool/market-data';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';

const CsvText = z
  .string()
  .default('')
  .meta({ id: 'PriceCsv', example: 'date,close\n2024-01-02,101.5\n2024-01-03,102.25\n' });

@ApiTags('market data')
@Controller('v1/price-series')
export class PriceSeriesController {
  constructor(private readonly store: PriceSeriesStore) {}

  @Put(':name')
  @Access('write')
  @ApiConsumes('text/csv')
  @ApiResponse({ status: 200, standardSchema: PriceSeries, description: 'Replaced.' })
  @Describe('putPriceSeries', 'A price series of your own, usable as `~NAME` wherever a symbol is', {
    status: 201,
    answer: PriceSeries,
    description: 'Made.',
    problems: ['limit-reached', 'body-too-large', 'unsupported-media-type'],
  })
  async put(
    @CurrentCaller() { userId }: Caller,
    @Param('name') name: string,
    @Body({ schema: CsvText }) csv: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PriceSeries> {
    const { replaced, ...series } = await this.store.put(userId, name, csv);
    reply.code(replaced ? 200 : 201);
    return series;
  }

  @Get()
  @Access('read')
  @Describe('listPriceSeries', 'Own price series', { answer: pageOf(PriceSeries), problems: ['bad-cursor'] })
  list(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: PageQuery }) { limit, cursor }: PageQuery,
  ): Promise<Page<PriceSeries>> {
    return this.store.list(userId, limit, cursor);
  }

  @Delete(':name')
  @Access('write')
  @Describe('deletePriceSeries', 'Delete a price series', { status: 204, problems: ['price-series-not-found'] })
  remove(@CurrentCaller() { userId }: Caller, @Param('name') name: string): Promise<void> {
    return this.store.remove(userId, name);
  }
}
