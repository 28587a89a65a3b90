import { Body, Controller, Delete, Get, Injectable, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiKeyCreated, ApiKeyRequest, ApiKeyRow, pageOf, PageQuery, type Page } from '@stocktool/contracts';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { IdempotencyKey } from '../idempotency/idempotency-key';
import { ApiKeyCheck } from './api-key-check';
import { ApiKeyTable } from './api-key.table';
import { CreateApiKey } from './create-api-key';

@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly keys: ApiKeyTable,
    private readonly check: ApiKeyCheck,
  ) {}

  async run(userId: string, id: string): Promise<void> {
    await this.keys.revoke(userId, id);
    this.check.forget(id);
  }
}

@ApiTags('api keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeyTable,
    private readonly createApiKey: CreateApiKey,
    private readonly revokeApiKey: RevokeApiKey,
  ) {}

  @Post()
  @Access('write')
  @Describe('createApiKey', 'Make an API key; it is shown once', {
    idempotent: true,
    status: 201,
    answer: ApiKeyCreated,
    problems: ['forbidden', 'limit-reached'],
  })
  create(
    @CurrentCaller() caller: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: ApiKeyRequest }) request: ApiKeyRequest,
  ): Promise<ApiKeyCreated> {
    return this.createApiKey.run(caller, request, key);
  }

  @Get()
  @Access('read')
  @Describe('listApiKeys', 'Own API keys, newest first', { answer: pageOf(ApiKeyRow), problems: ['bad-cursor'] })
  list(@CurrentCaller() caller: Caller, @Query({ schema: PageQuery }) page: PageQuery): Promise<Page<ApiKeyRow>> {
    return this.keys.list(caller.userId, page);
  }

  @Delete(':id')
  @Access('write')
  @Describe('revokeApiKey', 'Revoke an API key', { status: 204, problems: ['api-key-not-found'] })
  revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.revokeApiKey.run(caller.userId, id);
  }
}
