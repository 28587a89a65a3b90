import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { localEndpoint } from './local-clients';

export interface LostAnswers extends Disposable {
  readonly url: string;
  /** The next call of the operation whose body has the text in it does its work, but its answer never arrives. */
  loseNext(operation: string, text?: string): void;
  /** How many have been lost. */
  readonly lost: number;
}

/** The local endpoint behind a line that can break between the work and its answer: the client's retry then meets what it did itself. */
export async function lostAnswers(): Promise<LostAnswers> {
  const target = localEndpoint();
  let next: { operation: string; text: string } | undefined;
  let lost = 0;
  const server = createServer((request, response) => {
    const forward = async () => {
      const body = await buffer(request);
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) {
        if (typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name))
          headers.set(name, value);
      }
      const method = request.method ?? 'POST';
      const answer = await fetch(`${target}${request.url ?? '/'}`, { method, headers, body });
      const content = Buffer.from(await answer.arrayBuffer());
      const operation = String(headers.get('x-amz-target')).split('.')[1];
      if (next && operation === next.operation && body.includes(next.text)) {
        next = undefined;
        lost += 1;
        return request.socket.destroy();
      }
      return response
        .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
        .end(content);
    };
    forward().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseNext: (operation, text = '') => (next = { operation, text }),
    get lost() {
      return lost;
    },
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
