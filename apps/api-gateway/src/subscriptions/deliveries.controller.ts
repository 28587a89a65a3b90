import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Delivery, pageOf, PageQuery, type Page } from '@stocktool/contracts';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { Deliveries } from './subscriptions';

@ApiTags('notifications')
@Controller('v1/subscriptions/:id')
export class DeliveriesController {
  constructor(private readonly deliveries: Deliveries) {}

  @Post('test')
  @Access('write')
  @Describe('testSubscription', 'Send a test event', {
    status: 202,
    answer: Delivery,
    problems: ['subscription-not-found'],
  })
  test(@CurrentCaller() { userId }: Caller, @Param('id') id: string): Promise<Delivery> {
    return this.deliveries.test(userId, id);
  }

  @Get('deliveries')
  @Access('read')
  @Describe('listDeliveries', 'What was delivered or tried, newest first', {
    answer: pageOf(Delivery),
    problems: ['subscription-not-found', 'bad-cursor'],
  })
  list(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Query({ schema: PageQuery }) page: PageQuery,
  ): Promise<Page<Delivery>> {
    return this.deliveries.list(userId, id, page);
  }

  @Post('deliveries/:deliveryId/retry')
  @Access('write')
  @Describe('retryDelivery', 'Try a delivery again now', {
    status: 202,
    answer: Delivery,
    problems: ['subscription-not-found', 'delivery-not-found'],
  })
  retry(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Param('deliveryId') deliveryId: string,
  ): Promise<Delivery> {
    return this.deliveries.retry(userId, id, deliveryId);
  }
}
