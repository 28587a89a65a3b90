import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  MailedToken,
  pageOf,
  PageQuery,
  Subscription,
  SubscriptionCreated,
  SubscriptionPatch,
  SubscriptionRequest,
  type Page,
} from '@stocktool/contracts';
import { SubscriptionTable } from '@stocktool/subscriptions';
import { Access, CurrentCaller, SignInLimited, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { IdempotencyKey } from '../idempotency/idempotency-key';
import { CreateSubscription, DeleteSubscription } from './subscriptions';

@ApiTags('notifications')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: SubscriptionTable,
    private readonly createSubscription: CreateSubscription,
    private readonly deleteSubscription: DeleteSubscription,
  ) {}

  @Post()
  @Access('write')
  @Describe('createSubscription', 'Be told of events by e-mail or webhook', {
    idempotent: true,
    status: 201,
    answer: SubscriptionCreated,
    problems: ['target-refused', 'limit-reached', 'not-built'],
  })
  create(
    @CurrentCaller() { userId }: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: SubscriptionRequest }) request: SubscriptionRequest,
  ): Promise<SubscriptionCreated> {
    return this.createSubscription.run(userId, request, key);
  }

  @Post('confirm')
  @Access('open')
  @SignInLimited()
  @Describe('confirmSubscription', 'Agree to a subscription by the mailed token', {
    answer: Subscription,
    problems: ['bad-token'],
  })
  confirm(@Body({ schema: MailedToken }) { token }: MailedToken): Promise<Subscription> {
    return this.subscriptions.confirm(token);
  }

  @Get()
  @Access('read')
  @Describe('listSubscriptions', 'Own subscriptions, newest first', {
    answer: pageOf(Subscription),
    problems: ['bad-cursor'],
  })
  list(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: PageQuery }) page: PageQuery,
  ): Promise<Page<Subscription>> {
    return this.subscriptions.list(userId, page);
  }

  @Get(':id')
  @Access('read')
  @Describe('getSubscription', 'A subscription', { answer: Subscription, problems: ['subscription-not-found'] })
  get(@CurrentCaller() { userId }: Caller, @Param('id') id: string): Promise<Subscription> {
    return this.subscriptions.get(userId, id);
  }

  @Patch(':id')
  @Access('write')
  @Describe('changeSubscription', 'Other events, or pause and resume', {
    answer: Subscription,
    problems: ['subscription-not-found', 'target-refused', 'not-built'],
  })
  patch(
    @CurrentCaller() { userId }: Caller,
    @Param('id') id: string,
    @Body({ schema: SubscriptionPatch }) patch: SubscriptionPatch,
  ): Promise<Subscription> {
    return this.subscriptions.patch(userId, id, patch);
  }

  @Delete(':id')
  @Access('write')
  @Describe('deleteSubscription', 'Delete a subscription and its deliveries', {
    status: 204,
    problems: ['subscription-not-found'],
  })
  remove(@CurrentCaller() { userId }: Caller, @Param('id') id: string): Promise<void> {
    return this.deleteSubscription.run(userId, id);
  }
}
