import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

export type Outcome =
  { readonly kind: 'answered'; readonly payload: unknown } | { readonly kind: 'failed'; readonly error: FunctionError };

interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  readonly deadlineMs: number;
  readonly settle: (outcome: Outcome) => void;
}

export interface RuntimeApiOptions {
  readonly functionArn: string;
  /** The runtime asked for its first event: it has initialised. */
  readonly onReady: () => void;
  readonly onInitError: (error: FunctionError) => void;
}

const prefix = '/2018-06-01/runtime';

/** Lambda's Runtime API as a function's process sees it: one event at a time, each answered or failed once. */
export class RuntimeApi {
  private readonly server: Server;
  private readonly waiting: Invocation[] = [];
  private readonly running = new Map<string, Invocation>();
  private asked: ServerResponse | undefined;

  constructor(private readonly options: RuntimeApiOptions) {
    this.server = createServer((request, response) => void this.answer(request, response));
    // The call for the next event waits as long as there is none.
    this.server.requestTimeout = 0;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  invoke(event: unknown, timeoutMs: number): Promise<Outcome> {
    return new Promise((settle) => {
      this.waiting.push({ requestId: randomUUID(), event, deadlineMs: Date.now() + timeoutMs, settle });
      this.hand();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const route = `${request.method} ${request.url?.slice(prefix.length)}`;
    if (route === 'GET /invocation/next') {
      this.options.onReady();
      this.asked = response;
      return this.hand();
    }
    const body = JSON.parse(Buffer.concat(chunks).toString() || 'null') as unknown;
    if (route === 'POST /init/error') this.options.onInitError(body as FunctionError);
    else if (!this.settle(route, body)) return void response.writeHead(404).end();
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  }

  private settle(route: string, body: unknown): boolean {
    const [, requestId = '', kind] = /^POST \/invocation\/([^/]+)\/(response|error)$/.exec(route) ?? [];
    const invocation = this.running.get(requestId);
    if (invocation === undefined) return false;
    this.running.delete(requestId);
    invocation.settle(
      kind === 'response' ? { kind: 'answered', payload: body } : { kind: 'failed', error: body as FunctionError },
    );
    return true;
  }

  private hand(): void {
    if (this.asked === undefined) return;
    const invocation = this.waiting.shift();
    if (invocation === undefined) return;
    this.running.set(invocation.requestId, invocation);
    this.asked.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.requestId,
      'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
      'lambda-runtime-invoked-function-arn': this.options.functionArn,
    });
    this.asked.end(JSON.stringify(invocation.event));
    this.asked = undefined;
  }
}
