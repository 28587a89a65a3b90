import { Agent, createServer, request as ask, type ServerResponse } from 'node:http';

/** The baseline of one hop: reads the provider's events, takes the text out of each, sends it on as an event of its own. Nothing else. */
const upstream = process.env['UPSTREAM_URL'];
const agent = new Agent({ keepAlive: true });

function relay(body: string, response: ServerResponse): void {
  const call = ask(`${upstream}/v1/chat/completions`, { method: 'POST', agent }, (answer) => {
    response.socket?.setNoDelay(true);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    let rest = '';
    answer.setEncoding('utf8').on('data', (text: string) => {
      const events = (rest + text).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        if (event === 'data: [DONE]') continue;
        const { choices } = JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] };
        const content = choices[0]?.delta.content;
        if (content) response.write(`event: delta\ndata: ${JSON.stringify({ text: content })}\n\n`);
      }
    });
    answer.on('end', () => response.end());
  });
  call.end(body);
}

createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.method !== 'POST') {
    response.end('up');
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (text) => (body += String(text)));
  request.on('end', () => relay(body, response));
}).listen(Number(process.env['PORT']), '127.0.0.1');
