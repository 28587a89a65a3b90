import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { QueueInspector } from '@stocktool/aws-sqs';
import {
  CircuitBreaker,
  DeadLetter,
  HoursQuery,
  MetricsSummary,
  pageOf,
  PageQuery,
  QueueRow,
  type Page,
} from '@stocktool/contracts';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { ListCircuitBreakers } from './list-circuit-breakers';
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
    private readonly listCircuitBreakers: ListCircuitBreakers,
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

  @Get('circuit-breakers')
  @Describe('listCircuitBreakers', 'The vendors of market data as this process sees them', {
    answer: pageOf(CircuitBreaker),
    problems: ['forbidden'],
  })
  circuitBreakers(): Page<CircuitBreaker> {
    return this.listCircuitBreakers.run();
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
