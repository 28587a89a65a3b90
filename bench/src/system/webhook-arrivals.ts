import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type WebhookArrivals = Awaited<ReturnType<typeof webhookArrivals>>;

/** A receiver that notes when the first webhook of each analysis came. */
export async function webhookArrivals() {
  const arrivals = new Map<string, number>();
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.on('end', () => {
      const id = /"analysisId":"([^"]+)"/.exec(text)?.[1];
      if (id !== undefined && !arrivals.has(id)) arrivals.set(id, Date.now());
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    arrivals,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
