import { setTimeout as delay } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { api, portfolio } from './client';

const streamTimeoutMs = 30_000;
const resumesAtMost = 20;

/** Users at work: quotes, analyses with their event streams, questions to the assistant, until told to stop. */
export class Load {
  requests = 0;
  streams = 0;
  resumes = 0;
  /** What did not go as it should, a line each. */
  readonly failures: string[] = [];
  readonly analyses: string[] = [];
  private readonly stopped = new AbortController();
  private readonly work: Promise<void>[];

  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {
    this.work = [
      this.repeat(15, () => this.quote()),
      this.repeat(15, () => this.quote()),
      this.repeat(120, () => this.analysis()),
      this.repeat(60, () => this.question()),
      this.repeat(60, () => this.question()),
    ];
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.work);
  }

  private async repeat(pauseMs: number, act: () => Promise<void>): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        await act();
      } catch (error) {
        this.failures.push(String(error));
      }
      await delay(pauseMs);
    }
  }

  private async ask(method: string, path: string, status: number, body?: unknown) {
    this.requests++;
    const answer = await api(method, `${this.baseUrl}${path}`, { apiKey: this.apiKey, body });
    if (answer.status !== status) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  private async quote(): Promise<void> {
    await this.ask('GET', '/v1/quotes/AAPL', 200);
  }

  /** Every one is counted, every fourth is watched to its end. */
  private async analysis(): Promise<void> {
    const { id } = await this.ask('POST', '/v1/analyses', 202, portfolio);
    this.analyses.push(id as string);
    if (this.analyses.length % 4 !== 0) return;
    const path = `/v1/analyses/${id}/events`;
    const seen = await this.follow(path, { path });
    const statuses = seen.map(({ id: sequence }) => Number(sequence));
    if (statuses.some((sequence, index) => index > 0 && sequence <= (statuses[index - 1] ?? 0)))
      throw new Error(`events of ${id} came twice: ${statuses.join()}`);
  }

  /** A question read as it is answered: every event once, in order, to the end. */
  private async question(): Promise<void> {
    const seen = await this.follow('/v1/chat/stream', {
      path: '/v1/chat/stream',
      body: { message: 'How risky is AAPL from 2015-01-02 to 2019-12-31?' },
    });
    const sequences = seen.map(({ id }) => Number(id));
    if (sequences.some((sequence, index) => sequence !== index + 1))
      throw new Error(`a reply with a gap or a repeat: ${sequences.join()}`);
  }

  /** Reads a stream until `done`; where its connection ends before, another one goes on after the last event. */
  private async follow(what: string, begin: { path: string; body?: unknown }): Promise<EventSourceMessage[]> {
    this.streams++;
    const seen: EventSourceMessage[] = [];
    await this.read(begin, seen);
    for (let resumes = 0; seen.at(-1)?.event !== 'done'; resumes++) {
      if (resumes === resumesAtMost) throw new Error(`${what} has no end after ${resumes} resumes`);
      this.resumes++;
      const path =
        begin.body === undefined
          ? begin.path
          : `/v1/chat/stream/${(JSON.parse(seen[0]?.data ?? '{}') as { messageId: string }).messageId}`;
      await this.read({ path }, seen);
      await delay(20);
    }
    return seen;
  }

  private async read({ path, body }: { path: string; body?: unknown }, seen: EventSourceMessage[]): Promise<void> {
    this.requests++;
    const lastId = seen.at(-1)?.id;
    const response = await fetch(`${this.baseUrl}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'x-api-key': this.apiKey,
        accept: 'text/event-stream',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(lastId !== undefined && { 'last-event-id': lastId }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(streamTimeoutMs),
    });
    if (response.status !== 200)
      throw new Error(`stream ${path} answered ${response.status}: ${await response.text()}`);
    const parser = createParser({ onEvent: (event) => void seen.push(event) });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    const problem = seen.find(({ event }) => event === 'problem');
    if (problem !== undefined) throw new Error(`stream ${path} told a problem: ${problem.data}`);
  }
}
