import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { eventually } from './client';

const timeoutMs = 60_000;

interface Begin {
  readonly apiKey: string;
  readonly body?: object;
  readonly lastEventId?: string | undefined;
}

/** One connection to an event stream, read as it comes until it ends or is cut. */
export class EventReader {
  readonly seen: EventSourceMessage[] = [];
  private state: 'reading' | 'ended' | 'cut' = 'reading';

  private constructor(private readonly url: string) {}

  static async open(url: string, { apiKey, body, lastEventId }: Begin): Promise<EventReader> {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'x-api-key': apiKey,
        accept: 'text/event-stream',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    const reader = new EventReader(url);
    void reader.read(response);
    return reader;
  }

  get last(): EventSourceMessage | undefined {
    return this.seen.at(-1);
  }

  /** Of the events so far, in order. */
  get sequences(): number[] {
    return this.seen.map(({ id }) => Number(id));
  }

  until(event: string): Promise<EventSourceMessage> {
    return eventually(
      `${event} on ${this.url}`,
      () => {
        const found = this.seen.find((one) => one.event === event);
        if (!found && this.state !== 'reading')
          throw new Error(`${this.url} was ${this.state} before ${event}: ${JSON.stringify(this.seen)}`);
        return Promise.resolve(found);
      },
      timeoutMs,
    );
  }

  /** How the connection came to its end. */
  over(): Promise<'ended' | 'cut'> {
    return eventually(
      `the end of ${this.url}`,
      () => Promise.resolve(this.state !== 'reading' && this.state),
      timeoutMs,
    );
  }

  private async read(response: Response): Promise<void> {
    const parser = createParser({ onEvent: (event) => void this.seen.push(event) });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
      this.state = 'ended';
    } catch {
      this.state = 'cut';
    }
  }
}
