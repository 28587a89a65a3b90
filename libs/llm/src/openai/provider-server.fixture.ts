import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';

const Body = z.looseObject({
  model: z.string().optional(),
  messages: z.array(z.looseObject({ role: z.string() })),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).optional(),
});

export interface ProviderCall {
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: z.infer<typeof Body>;
}

/** Answers a call on the response itself: what real servers do wrong is done on the wire. */
export type Answer = (call: ProviderCall, response: ServerResponse) => void;

/** A provider on this machine that speaks the Chat Completions protocol over real HTTP; every call is kept. */
export class ProviderServer {
  readonly calls: ProviderCall[] = [];

  private constructor(
    private readonly server: Server,
    public answer: Answer,
  ) {}

  static async start(answer: Answer): Promise<ProviderServer> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const provider = new ProviderServer(server, answer);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const body = parseJson(Body, Buffer.concat(pieces).toString('utf8'));
        const call = { url: new URL(request.url ?? '/', 'http://provider'), headers: request.headers, body };
        provider.calls.push(call);
        provider.answer(call, response);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

export const sendsEvents = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });

/** The bytes of a recorded answer, cut into pieces that fall anywhere. */
export const sends =
  (bytes: string, pieceLength = bytes.length): Answer =>
  (_, response) => {
    sendsEvents(response);
    const whole = Buffer.from(bytes);
    const next = (at: number) => {
      if (at >= whole.length) return void response.end();
      response.write(whole.subarray(at, at + pieceLength), () => setImmediate(next, at + pieceLength));
    };
    next(0);
  };

/** A failure before any answer, as the providers publish it. */
export const fails =
  (status: number, headers: Readonly<Record<string, string>> = {}, code: string | null = null): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    const message = 'Incorrect API key provided: sk-secret. You asked: my private question';
    response.end(JSON.stringify({ error: { message, type: 'error', param: null, code } }));
  };

/** The lines of one chunk with this delta. */
export const chunk = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_764_000_000,
    model: 'm',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  })}\n\n`;

export const usageChunk = (promptTokens: number, completionTokens: number): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_764_000_000,
    model: 'm',
    choices: [],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  })}\n\n`;

export const done = 'data: [DONE]\n\n';
