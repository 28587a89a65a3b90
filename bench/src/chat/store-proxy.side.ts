import { Agent, createServer, request as ask } from 'node:http';
import { epochMs } from './words';

/** Stands before the endpoint of the stores and writes down when each call began and ended. GET /calls: those since it was last asked. */
const endpoint = new URL(process.env['STORE_URL'] ?? '');
const agent = new Agent({ keepAlive: true });
let calls: { what: string; from: number; to: number }[] = [];

createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/calls') {
    response.end(JSON.stringify(calls));
    calls = [];
    return;
  }
  const from = epochMs();
  const { method, url: path, headers } = request;
  const call = ask({ host: endpoint.hostname, port: endpoint.port, method, path, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.once('end', () => calls.push({ what: String(headers['x-amz-target'] ?? path), from, to: epochMs() }));
  });
  call.once('error', () => response.destroy());
  request.pipe(call);
}).listen(Number(process.env['PORT']), '127.0.0.1');
