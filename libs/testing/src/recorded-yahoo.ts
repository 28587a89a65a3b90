import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const answers = path.resolve(import.meta.dirname, '../../market-data/src/vendors/yahoo/answers');
const answerTo: Readonly<Record<string, string>> = {
  '/v8/finance/chart': 'chart',
  '/v7/finance/quote': 'quote',
  '/v1/finance/search': 'search',
  '/ws/fundamentals': 'fundamentals',
  '/v10/finance/quoteSummary': 'profile',
};

const answerOfModules: Readonly<Record<string, string>> = {
  recommendationTrend: 'recommendation-trend',
  institutionOwnership: 'institution-ownership',
};

/** A vendor on this machine that gives the answers kept in libs/market-data, whatever symbol is asked for, and counts. */
export class RecordedYahoo {
  requests = 0;
  private readonly server = createServer((request, response) => {
    this.requests++;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://vendor');
    if (pathname.startsWith('/quote/')) response.setHeader('set-cookie', 'A3=token; Path=/; Max-Age=31557600');
    if (pathname.startsWith('/v1/test/getcrumb')) return response.end('crumb');
    response.setHeader('content-type', 'application/json');
    const answer =
      answerOfModules[searchParams.get('modules') ?? ''] ??
      Object.entries(answerTo).find(([beginning]) => pathname.startsWith(beginning))?.[1];
    return response.end(answer === undefined ? '{}' : readFileSync(path.join(answers, `${answer}.json`)));
  });

  static async start(): Promise<RecordedYahoo> {
    const yahoo = new RecordedYahoo();
    await new Promise<void>((done) => yahoo.server.listen(0, '127.0.0.1', done));
    return yahoo;
  }

  /** Settings of a service whose only vendor it is. The answers are of one symbol: of others they are refused. */
  get settings() {
    return {
      MARKET_DATA: 'live',
      MARKET_DATA_VENDORS: 'yahoo',
      MARKET_DATA_BREAKER_FAILURES: '1000',
      YAHOO_REQUESTS_PER_MINUTE: '10000',
      YAHOO_BASE_URL: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
    };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
