const mostDistinctCalls = 5000;
const mostClients = 200;

export interface CallShape {
  readonly service: string;
  readonly operation: string;
  readonly resource?: string;
  readonly index?: string;
  readonly keyCondition?: boolean;
  readonly filter?: string;
  readonly scan?: boolean;
}

export interface RecordedCall extends CallShape {
  readonly client: string;
  count: number;
}

const applicationToken = /(?:^|\s)app\/([\w!#$%&'*+.^`|~-]+)/;

/** The distinct calls that clients made: what checks of access patterns and least privilege read. Bounded, the first ones stay. */
export class CallRecorder {
  private readonly calls = new Map<string, RecordedCall>();
  private readonly clients = new Map<string, string>();
  private dropped = 0;

  record(client: string, call: CallShape): void {
    const { service, operation, resource, index, keyCondition, filter, scan } = call;
    const key = `${client} ${service} ${operation} ${resource} ${index} ${keyCondition} ${scan} ${filter}`;
    const known = this.calls.get(key);
    if (known) known.count++;
    else if (this.calls.size < mostDistinctCalls) this.calls.set(key, { client, ...call, count: 1 });
    else this.dropped++;
  }

  /** The application id that an SDK client puts into its User-Agent (`userAgentAppId`). */
  clientOf(userAgent: string | undefined): string {
    if (!userAgent) return 'unknown';
    const known = this.clients.get(userAgent);
    if (known) return known;
    const client = applicationToken.exec(userAgent)?.[1] ?? 'unknown';
    if (this.clients.size >= mostClients) this.clients.clear();
    this.clients.set(userAgent, client);
    return client;
  }

  list(): { calls: RecordedCall[]; dropped: number } {
    return { calls: [...this.calls.values()], dropped: this.dropped };
  }

  clear(): void {
    this.calls.clear();
    this.dropped = 0;
  }
}
