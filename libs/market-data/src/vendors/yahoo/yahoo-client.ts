import createYahooFinance from 'yahoo-finance2/createYahooFinance';
import { ExtendedCookieJar } from 'yahoo-finance2/lib/cookieJar';
import chart from 'yahoo-finance2/modules/chart';
import quote from 'yahoo-finance2/modules/quote';
import quoteSummary from 'yahoo-finance2/modules/quoteSummary';
import search from 'yahoo-finance2/modules/search';
import type { z } from 'zod';
import { VendorFailure } from '../vendor-failure';
import type { VendorHttp } from '../vendor-http';

const YahooFinance = createYahooFinance({ modules: { chart, quote, quoteSummary, search } });
type Yahoo = InstanceType<typeof YahooFinance>;

/** The library's own checks ask for every field that Yahoo ever had: ours look at what is used. */
export const ownChecks = { validateResult: false } as const;
const silent = () => undefined;
const settings = {
  logger: { info: silent, warn: silent, error: silent, debug: silent, dir: silent },
  suppressNotices: ['yahooSurvey' as const],
  versionCheck: false,
};

class NotThere extends Error {}

/**
 * `yahoo-finance2`, which knows Yahoo's cookies and crumbs, speaking through our HTTP: within the budget, with timeouts. A
 * crumb that is refused is forgotten with its cookies, and the next call gets another.
 */
export class YahooClient {
  private yahoo: Yahoo;

  /** `baseUrl`: where every host of Yahoo's is instead. */
  constructor(
    private readonly http: VendorHttp,
    private readonly baseUrl?: string,
  ) {
    this.yahoo = this.fresh();
  }

  /** undefined: Yahoo has nothing of that name. */
  async ask<Schema extends z.ZodType>(
    call: (yahoo: Yahoo) => Promise<unknown>,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> {
    try {
      const answer = await call(this.yahoo);
      return answer === undefined || answer === null ? undefined : this.http.check(answer, schema);
    } catch (error) {
      if (error instanceof NotThere) return undefined;
      if (!(error instanceof VendorFailure)) throw this.http.failure('garbage', 'not as its client expects');
      if (error.kind === 'refused') this.yahoo = this.fresh();
      throw error;
    }
  }

  /** One part of an answer, or what is wrong with it. */
  check<Schema extends z.ZodType>(part: unknown, schema: Schema): z.output<Schema> | VendorFailure {
    try {
      return this.http.check(part, schema);
    } catch (error) {
      if (error instanceof VendorFailure) return error;
      throw error;
    }
  }

  /** Without the library, where it would ask for hundreds of figures to get ten. */
  json<Schema extends z.ZodType>(
    path: string,
    query: Readonly<Record<string, string>>,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> {
    return this.http.json(path, query, schema);
  }

  private fresh(): Yahoo {
    const fetch = (input: string | URL | Request, init?: RequestInit) => this.fetch(input, init);
    return new YahooFinance({ ...settings, cookieJar: new ExtendedCookieJar(), fetch });
  }

  private async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const asked = new URL(input instanceof Request ? input.url : input);
    const url = this.baseUrl === undefined ? asked : new URL(`${asked.pathname}${asked.search}`, this.baseUrl);
    const response = await this.http.whole(url, init);
    // The pages that give cookies are 404 at times, and give them all the same.
    if (response.status === 404 && asked.hostname.startsWith('query')) throw new NotThere();
    return response;
  }
}
