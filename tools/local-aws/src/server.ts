import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallRecorder } from './calls';
import { isForeignPage } from './foreign-page';
import { hearAgain } from './sqs/lost-answer';
import { send, type Service } from './http/exchange';
import { serviceOf } from './router';

const json = { 'content-type': 'application/json' };

/** One port for all services. A request that fails in whatever way gets an answer; it never ends the process. */
export class LocalAwsServer {
  private readonly server: Server;
  private readonly recorder = new CallRecorder();

  constructor(private readonly services: ReadonlyMap<string, Service>) {
    const options = { keepAliveTimeout: 65_000, requestTimeout: 120_000, highWaterMark: 256 * 1024 };
    this.server = createServer(options, (request, response) => void this.answer(request, response));
    this.server.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      else socket.destroy();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The loopback interface, unless a container's own network is the wall: there is no authentication worth the name. */
  listen(port: number, host = '127.0.0.1'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => response.destroy());
    response.on('error', () => response.destroy());
    try {
      await this.dispatch(request, response);
    } catch {
      const body = '{"__type":"InternalServerError","message":"The embedded AWS endpoint failed"}';
      if (response.headersSent) response.destroy();
      else send(response, 500, json, body);
    }
    // What was refused before it was read is read away, so that the connection can serve the next request.
    if (!request.readableEnded) request.resume();
  }

  private async dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isForeignPage(request)) {
      const body = { __type: 'AccessDeniedException', message: 'Only this machine may call the embedded AWS endpoint' };
      return send(response, 403, { ...json, 'x-amzn-errortype': body.__type }, JSON.stringify(body));
    }
    hearAgain(request.socket);
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    if (path.startsWith('/_') && this.inspect(request.method, path, response)) return;
    const name = serviceOf(request);
    const service = this.services.get(name);
    if (!service) {
      const body = {
        __type: 'NotImplementedException',
        message: `${name} is not emulated by the embedded AWS endpoint`,
      };
      return send(response, 501, { ...json, 'x-amzn-errortype': body.__type }, JSON.stringify(body));
    }
    const { host = `127.0.0.1:${this.port}`, 'user-agent': agent } = request.headers;
    const client = this.recorder.clientOf(agent);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    await service.handle({
      request,
      response,
      path,
      query,
      endpoint: `http://${host}`,
      client,
      recorder: this.recorder,
    });
  }

  /** Our own routes; a bucket's name cannot begin with an underscore. */
  private inspect(method: string | undefined, path: string, response: ServerResponse): boolean {
    if (path === '/_localstack/health') {
      const services = Object.fromEntries([...this.services.keys()].map((name) => [healthName(name), 'running']));
      send(response, 200, json, JSON.stringify({ services, edition: 'embedded', version: '1.0.0' }));
      return true;
    }
    if (path !== '/_local/calls') return false;
    if (method === 'DELETE') this.recorder.clear();
    send(response, 200, json, JSON.stringify(this.recorder.list()));
    return true;
  }
}

const healthName = (name: string): string => (name === 'monitoring' ? 'cloudwatch' : name);
