import { createServer, type ServerResponse } from 'node:http';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { epochMs, wordOf } from './words';

/**
 * A provider on this machine: Chat Completions, streamed. The model's name says how many tokens and how far apart in milliseconds:
 * `tokens-200-pace-20`; 0 is as fast as it goes. GET /arrivals: when each question came, by its text, since it was last asked.
 */
let arrivals: [question: string, atMs: number][] = [];

const chunk = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'mock',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  })}\n\n`;

async function answer(body: string, response: ServerResponse): Promise<void> {
  const { model, messages } = JSON.parse(body) as { model: string; messages: { content: string }[] };
  arrivals.push([messages.at(-1)!.content, epochMs()]);
  const [, tokens, pace] = /^tokens-(\d+)-pace-(\d+)$/.exec(model)!;
  response.socket?.setNoDelay(true);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(chunk({ role: 'assistant', content: '' }));
  const startedAt = performance.now();
  for (let i = 0; i < Number(tokens); i++) {
    response.write(chunk({ content: `${wordOf(i)} ` }));
    if (Number(pace) > 0) await delay(Math.max(0, startedAt + (i + 1) * Number(pace) - performance.now()));
    else await turn();
  }
  response.write(chunk({}, 'stop'));
  const usage = { prompt_tokens: 500, completion_tokens: Number(tokens), total_tokens: 500 + Number(tokens) };
  response.write(
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
  );
  response.end('data: [DONE]\n\n');
}

createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/arrivals') {
    response.end(JSON.stringify(arrivals));
    arrivals = [];
    return;
  }
  if (request.method !== 'POST') {
    response.end('up');
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (text) => (body += String(text)));
  request.on('end', () => void answer(body, response));
}).listen(Number(process.env['PORT']), '127.0.0.1');
