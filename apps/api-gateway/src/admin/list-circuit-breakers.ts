import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import type { CircuitBreaker, Page } from '@stocktool/contracts';
import { CompanyNews, LiveSource, MarketDataSource } from '@stocktool/market-data';
import { topology } from '@stocktool/topology';

const service = topology.services.apiGateway.name;
const instance = `${hostname()}-${process.pid}`;

/** One for each live vendor, in the order in which they are asked, and for each feed of news. A breaker belongs to its process. */
@Injectable()
export class ListCircuitBreakers {
  constructor(
    private readonly source: MarketDataSource,
    private readonly news: CompanyNews,
  ) {}

  run(): Page<CircuitBreaker> {
    const vendors = this.source instanceof LiveSource ? this.source.breakers() : [];
    const breakers = [...vendors, ...this.news.breakers()];
    return { items: breakers.map((breaker) => ({ ...breaker, service, instance })), nextCursor: null };
  }
}
