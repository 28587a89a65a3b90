import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { systemClock, type Clock } from '@stocktool/contracts';
import { RequestBudget, type RequestLimit } from './request-budget';
import { VendorHttp } from './vendor-http';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sends half of the body and cuts the connection. */
  readonly truncated?: boolean;
  /** Never answers. */
  readonly silent?: boolean;
}
type Answer = Reply | ((url: URL, request: IncomingMessage) => Reply | undefined);

/**
 * A vendor on this machine: real HTTP, answers given by path, every request counted. A later answer for a path replaces an
 * earlier one; what has none is 404.
 */
export class VendorServer {
  readonly requests: { path: string; query: URLSearchParams; headers: IncomingMessage['headers'] }[] = [];
  private readonly answers = new Map<string, Answer>();
  underWay = 0;
  mostUnderWay = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<VendorServer> {
    const server = createServer();
    const vendor = new VendorServer(server);
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', 'http://vendor');
      vendor.requests.push({ path: url.pathname, query: url.searchParams, headers: request.headers });
      const given = vendor.answers.get(url.pathname) ?? vendor.answers.get('*');
      const reply = (typeof given === 'function' ? given(url, request) : given) ?? { status: 404, body: '{}' };
      if (reply.silent === true) return;
      vendor.mostUnderWay = Math.max(vendor.mostUnderWay, ++vendor.underWay);
      setImmediate(() => {
        vendor.underWay--;
        const { status = 200, headers = {}, body = '' } = reply;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        if (reply.truncated !== true) return response.end(body);
        return response.write(body.slice(0, body.length / 2), () => response.destroy());
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return vendor;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** `*`: every path that has no answer of its own. */
  on(pathname: string, answer: Answer): this {
    this.answers.set(pathname, answer);
    return this;
  }

  calls(pathname?: string): number {
    return this.requests.filter((request) => pathname === undefined || request.path === pathname).length;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  http(vendor: string, options: { clock?: Clock; limits?: RequestLimit[]; timeoutMs?: number } = {}): VendorHttp {
    return this.httpWithin(this.budget(options), vendor, options);
  }

  budget({ clock = systemClock, limits = [] }: { clock?: Clock; limits?: RequestLimit[] } = {}): RequestBudget {
    return new RequestBudget(limits, clock);
  }

  httpWithin(
    budget: RequestBudget,
    vendor: string,
    { clock = systemClock, timeoutMs = 2000 }: { clock?: Clock; timeoutMs?: number } = {},
  ): VendorHttp {
    const headers = { 'x-finnhub-token': 'the-key' };
    return new VendorHttp({ vendor, baseUrl: this.url, budget, clock, timeoutMs, headers });
  }
}

/** An answer in the form that the vendor publishes, kept beside its source. */
export const answerOf = (directory: string, name: string): Reply => ({
  body: readFileSync(path.join(directory, 'answers', `${name}.json`), 'utf8'),
});
