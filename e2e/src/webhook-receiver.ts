import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runningSystem } from './running-system';

export interface Received {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly text: string;
}

/** A receiver of webhooks on this machine; answers what `respond` says, 204 when it says nothing. */
export async function webhookReceiver(respond: (received: Received, count: number) => number = () => 204) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const one = { id: headers['webhook-id'] ?? '', headers, text };
      received.push(one);
      response.writeHead(respond(one, received.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, runningSystem.thisMachine.listenOn, resolve));
  server.unref(); // a test that fails before it closes this must not keep the run from ending
  return {
    url: `http://${runningSystem.thisMachine.name}:${(server.address() as AddressInfo).port}/hook`,
    received,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
