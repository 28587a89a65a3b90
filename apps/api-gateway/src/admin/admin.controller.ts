import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { QueueInspector } from '@stocktool/aws-sqs';
import { DeadLetter, HoursQuery, MetricsSummary, pageOf, PageQuery, QueueRow, type Page } from '@stocktool/contracts';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { ListQueues } from './list-queues';
import { SummariseMetrics } from './metrics-summary';

@ApiTags('administration')
@Access('admin')
@Controller('v1/admin')
export class AdminController {
  constructor(
    private readonly summariseMetrics: SummariseMetrics,
    private readonly listQueues: ListQueues,
    private readonly queues: QueueInspector,
  ) {}

  @Get('metrics/summary')
  @Describe('getMetricsSummary', 'What the services measured, from CloudWatch', {
    answer: MetricsSummary,
    problems: ['forbidden'],
  })
  metrics(
    @CurrentCaller() caller: Caller,
    @Query({ schema: HoursQuery }) { hours }: HoursQuery,
  ): Promise<MetricsSummary> {
    return this.summariseMetrics.run(caller, hours);
  }

  @Get('queues')
  @Describe('listQueues', 'Every queue, its depth, and its dead letters', {
    answer: pageOf(QueueRow),
    problems: ['forbidden', 'bad-cursor'],
  })
  list(@Query({ schema: PageQuery }) page: PageQuery): Promise<Page<QueueRow>> {
    return this.listQueues.run(page);
  }

  @Get('queues/:name/dlq')
  @Describe('listDeadLetters', 'Why messages of a queue were given up, newest first', {
    answer: pageOf(DeadLetter),
    problems: ['forbidden', 'queue-not-found', 'bad-cursor'],
  })
  deadLetters(
    @Param('name') name: string,
    @Query({ schema: PageQuery }) { limit, cursor }: PageQuery,
  ): Promise<Page<DeadLetter>> {
    return this.queues.deadLetters(name, limit, cursor);
  }
}
