import type { DatabaseSync } from 'node:sqlite';
import { arn } from '../account';
import { AwsError } from '../aws-error';
import { Documents } from '../state/documents';

export interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export interface LogStream {
  readonly name: string;
  readonly createdAt: number;
  /** In the order of their timestamps. */
  events: LogEvent[];
  bytes: number;
}

export interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  readonly streams: Map<string, LogStream>;
  retentionDays: number | undefined;
  kmsKeyId: string | undefined;
  tags: Record<string, string>;
}

type KeptGroup = Omit<LogGroup, 'streams'>;

const mostGroups = 500;
const mostStreams = 1000;
const mostEventsPerStream = 20_000;
const mostBytesPerStream = 8 * 1024 * 1024;
const mostBytes = 64 * 1024 * 1024;
const dayMs = 86_400_000;

/** Log groups outlive the process, their streams are in memory. The oldest events of a stream make room for new ones; what is past its retention is gone. */
export class LogGroups {
  private readonly groups: Map<string, LogGroup>;
  private readonly documents: Documents<KeptGroup>;
  private bytes = 0;
  private sequence = 0;

  constructor(database: DatabaseSync) {
    this.documents = new Documents<KeptGroup>(database, 'log-group');
    const kept = [...this.documents.load()];
    this.groups = new Map(kept.map(([name, group]) => [name, { ...group, streams: new Map<string, LogStream>() }]));
  }

  create(name: string, tags: Record<string, string>, kmsKeyId: string | undefined): void {
    if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
      throw new AwsError('InvalidParameterException', 'The log group name is invalid');
    if (this.groups.has(name)) throw exists('group');
    if (this.groups.size >= mostGroups) throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
    const kept = { name, createdAt: Date.now(), retentionDays: undefined, kmsKeyId, tags };
    this.documents.put(name, kept);
    this.groups.set(name, { ...kept, streams: new Map() });
  }

  change(group: LogGroup, changes: Partial<Pick<LogGroup, 'retentionDays' | 'tags'>>): void {
    Object.assign(group, changes);
    const { streams: _streams, ...kept } = group;
    this.documents.put(group.name, kept);
  }

  get(nameOrArn: string): LogGroup {
    const name = nameOrArn.startsWith('arn:')
      ? (nameOrArn.split(':log-group:')[1] ?? '').replace(/:\*$/, '')
      : nameOrArn;
    const group = this.groups.get(name);
    if (!group) throw missing('group');
    return group;
  }

  list(): LogGroup[] {
    return [...this.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  delete(name: string): void {
    const group = this.get(name);
    for (const stream of group.streams.values()) this.bytes -= stream.bytes;
    this.documents.delete(group.name);
    this.groups.delete(group.name);
  }

  createStream(group: LogGroup, name: string): void {
    if (!/^[^:*]{1,512}$/.test(name)) throw new AwsError('InvalidParameterException', 'The log stream name is invalid');
    if (group.streams.has(name)) throw exists('stream');
    if (group.streams.size >= mostStreams) throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
    group.streams.set(name, { name, createdAt: Date.now(), events: [], bytes: 0 });
  }

  stream(group: LogGroup, name: string): LogStream {
    const stream = group.streams.get(name);
    if (!stream) throw missing('stream');
    this.expire(group, stream);
    return stream;
  }

  deleteStream(group: LogGroup, name: string): void {
    this.bytes -= this.stream(group, name).bytes;
    group.streams.delete(name);
  }

  append(group: LogGroup, stream: LogStream, events: readonly { timestamp: number; message: string }[]): void {
    const ingestionTime = Date.now();
    const last = stream.events.at(-1)?.timestamp ?? 0;
    for (const { timestamp, message } of events) {
      stream.events.push({ id: String(++this.sequence).padStart(56, '0'), timestamp, ingestionTime, message });
      const size = sizeOf(message);
      stream.bytes += size;
      this.bytes += size;
    }
    if ((events[0]?.timestamp ?? last) < last) stream.events.sort((a, b) => a.timestamp - b.timestamp);
    this.trim(stream, stream.events.length - mostEventsPerStream, stream.bytes - mostBytesPerStream);
    this.expire(group, stream);
    if (this.bytes > mostBytes) this.makeRoom();
  }

  private expire(group: LogGroup, stream: LogStream): void {
    if (group.retentionDays === undefined) return;
    const before = Date.now() - group.retentionDays * dayMs;
    const alive = stream.events.findIndex(({ timestamp }) => timestamp >= before);
    if (alive !== 0 && stream.events.length > 0) this.trim(stream, alive < 0 ? stream.events.length : alive, 0);
  }

  private trim(stream: LogStream, events: number, bytes: number): void {
    let count = 0;
    for (let freed = 0; count < stream.events.length && (count < events || freed < bytes); count++) {
      const size = sizeOf(stream.events[count]!.message);
      freed += size;
      stream.bytes -= size;
      this.bytes -= size;
    }
    if (count > 0) stream.events = stream.events.slice(count);
  }

  /** Halves the largest stream: rare, and the noisiest writer pays. */
  private makeRoom(): void {
    const streams = this.list().flatMap((group) => [...group.streams.values()]);
    const largest = streams.reduce<LogStream | undefined>(
      (most, stream) => (!most || stream.bytes > most.bytes ? stream : most),
      undefined,
    );
    if (largest) this.trim(largest, 0, largest.bytes / 2);
  }
}

const sizeOf = (message: string): number => Buffer.byteLength(message) + 26;
const missing = (what: string): AwsError =>
  new AwsError('ResourceNotFoundException', `The specified log ${what} does not exist.`);
const exists = (what: string): AwsError =>
  new AwsError('ResourceAlreadyExistsException', `The specified log ${what} already exists`);

export const groupArn = ({ name }: LogGroup): string => arn('logs', `log-group:${name}`);
