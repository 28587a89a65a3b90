import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Target {
  readonly port: number;
  healthy: boolean;
}

const lookEveryMs = 150;
const lookTimeoutMs = 1000;

/**
 * What an AWS Application Load Balancer does, and no more: asks each target's `/health/live`, sends new requests to those that
 * answer 200 in turn, lets running ones finish where they are, keeps connections open, tries nothing twice.
 */
export class LoadBalancer {
  private readonly targets: readonly Target[];
  private readonly agent = new Agent({ keepAlive: true });
  private readonly server = createServer((incoming, outgoing) => this.pass(incoming, outgoing));
  private readonly looking: NodeJS.Timeout;
  private next = 0;

  constructor(ports: readonly number[]) {
    this.targets = ports.map((port) => ({ port, healthy: true }));
    this.looking = setInterval(() => void this.look(), lookEveryMs);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ports of the targets that get requests now. */
  get healthy(): number[] {
    return this.targets.filter(({ healthy }) => healthy).map(({ port }) => port);
  }

  close(): void {
    clearInterval(this.looking);
    this.server.closeAllConnections();
    this.server.close();
    this.agent.destroy();
  }

  private async look(): Promise<void> {
    await Promise.all(
      this.targets.map(async (target) => {
        const signal = AbortSignal.timeout(lookTimeoutMs);
        const answer = await fetch(`http://127.0.0.1:${target.port}/health/live`, { signal }).catch(() => undefined);
        await answer?.body?.cancel();
        target.healthy = answer?.status === 200;
      }),
    );
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const candidates = this.targets.filter(({ healthy }) => healthy);
    const target = candidates[this.next++ % candidates.length];
    if (target === undefined) return void outgoing.writeHead(503).end('no healthy target');
    const { method, url, headers } = incoming;
    const passed = request({ host: '127.0.0.1', port: target.port, method, path: url, headers, agent: this.agent });
    passed.once('response', (answer) => {
      const { connection: _, 'keep-alive': __, ...kept } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, kept);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    passed.once('error', (error) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end(`target ${target.port}: ${error.message}`);
    });
    outgoing.once('close', () => passed.destroy());
    incoming.pipe(passed);
  }
}
