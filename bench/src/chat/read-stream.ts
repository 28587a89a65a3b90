import { Agent, request } from 'node:http';
import { epochMs, wordOf } from './words';

/** Where tokens come from: the provider itself, a bare relay, or the gateway. */
export interface TokenSource {
  readonly name: string;
  readonly url: string;
  /** Of one of several users. */
  readonly headers: (user: number) => Readonly<Record<string, string>>;
  readonly body: (question: string, model: string) => object;
  /** The text in one event. */
  readonly textOf: (event: string) => string;
}

export interface Reading {
  /** Since the epoch, milliseconds with fractions: the request, each token in order, the end. */
  readonly askedAt: number;
  readonly tokensAt: readonly number[];
  readonly endedAt: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

export interface Asked {
  readonly question: string;
  readonly model: string;
  readonly tokens: number;
  readonly user?: number;
  /** Does not read for so long once the answer has begun. */
  readonly pausedMs?: number;
}

/** Asks and reads to the end. Throws when a token is lost, doubled or out of place. */
export function readStream(
  source: TokenSource,
  { question, model, tokens, user = 0, pausedMs }: Asked,
): Promise<Reading> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${source.name}: ${why}`));
    const askedAt = epochMs();
    const tokensAt: number[] = [];
    let [text, rest, whole] = ['', '', ''];
    const headers = { 'content-type': 'application/json', ...source.headers(user) };
    const call = request(source.url, { method: 'POST', headers, agent }, (answer) => {
      answer.setEncoding('utf8').on('data', (piece: string) => {
        whole += answer.statusCode === 200 ? '' : piece;
        const events = (rest + piece).split('\n\n');
        rest = events.pop() ?? '';
        for (const event of events) text += source.textOf(event);
        for (; text.length >= 4; text = text.slice(4)) {
          if (text.slice(0, 4) !== `${wordOf(tokensAt.length)} `)
            return fail(`token ${tokensAt.length} is "${text.slice(0, 12)}"`);
          tokensAt.push(epochMs());
        }
      });
      if (pausedMs !== undefined) {
        answer.pause();
        setTimeout(() => answer.resume(), pausedMs);
      }
      answer.once('end', () => {
        if (answer.statusCode !== 200) return fail(`status ${answer.statusCode}: ${whole.slice(0, 300)}`);
        if (tokensAt.length !== tokens)
          return fail(`${tokensAt.length} of ${tokens} tokens; then "${rest.slice(0, 300)}"`);
        resolve({ askedAt, tokensAt, endedAt: epochMs() });
      });
      answer.once('error', (error) => fail(error.message));
    });
    call.once('error', (error) => fail(error.message));
    call.end(JSON.stringify(source.body(question, model)));
  });
}

const dataOf = (event: string): string => event.slice(event.indexOf('data: ') + 6);

export const openAiText = (event: string): string => {
  const data = dataOf(event);
  if (data === '[DONE]') return '';
  const { choices } = JSON.parse(data) as { choices: { delta: { content?: string } }[] };
  return choices[0]?.delta.content ?? '';
};

export const deltaText = (event: string): string =>
  /^event: delta$/m.test(event) ? (JSON.parse(dataOf(event)) as { text: string }).text : '';
