import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { ObjectStoreModule } from '@stocktool/aws-s3';
import { MarketData, MarketDataModule } from '@stocktool/market-data';
import { Metrics } from '@stocktool/observability';
import { createOwnBucket, createOwnTable, localEndpoint, ManualMetrics, RecordedYahoo } from '@stocktool/testing';
import { readConfig } from './config';

@Module({ providers: [{ provide: Metrics, useClass: ManualMetrics }], exports: [Metrics] })
class Measured {}

let yahoo: RecordedYahoo;
beforeAll(async () => {
  [yahoo] = await Promise.all([RecordedYahoo.start(), createOwnTable('stockCache'), createOwnBucket('reports')]);
});
afterAll(() => yahoo.stop());

/** Market data as this service has it, in a process of its own. */
async function marketOf(): Promise<MarketData> {
  const environment = readConfig({ AWS_ENDPOINT_URL: localEndpoint(), DATA_DIR: 'data', ...yahoo.settings });
  const imports = [
    { module: Measured, global: true },
    DynamoModule.register(),
    ObjectStoreModule.register(environment),
    MarketDataModule.register(environment),
  ];
  return (await Test.createTestingModule({ imports }).compile()).get(MarketData);
}

it('what one process has asked a vendor for, another finds in the cache of all', async () => {
  const one = await marketOf();
  const prices = await one.series('AAPL');
  const before = yahoo.requests;
  const other = await marketOf();
  expect(await other.series('AAPL')).toEqual(prices);
  expect(yahoo.requests).toBe(before);
});
