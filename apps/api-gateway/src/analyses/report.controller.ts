import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { ReportQuery } from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { GetReport, ReportLink } from './report';

/** The link is the body in both cases; a redirect names it in the header too. */
const send: Record<ReportQuery['redirect'], (reply: FastifyReply, url: string) => void> = {
  true: (reply, url) => void reply.code(302).header('location', url),
  false: (reply) => void reply.code(200),
};

@ApiTags('analyses')
@Controller('v1/analyses/:id/report')
export class ReportController {
  constructor(private readonly getReport: GetReport) {}

  @Get()
  @Access('read')
  @ApiResponse({ status: 302, description: 'To the report; the link works for 15 minutes.' })
  @Describe('getReport', 'The report of a finished analysis', {
    answer: ReportLink,
    description: 'With `redirect=false`: the link itself.',
    problems: ['analysis-not-found', 'analysis-not-finished'],
  })
  async report(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Query({ schema: ReportQuery }) { format, redirect }: ReportQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReportLink> {
    const link = await this.getReport.run(userId, id, format);
    send[redirect](reply, link.url);
    return link;
  }
}
