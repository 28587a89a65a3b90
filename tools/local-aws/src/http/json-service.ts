import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AwsError } from '../aws-error';
import type { CallShape } from '../calls';
import type { Exchange, Service } from './exchange';
import { send } from './exchange';
import { readBody } from './read-body';

export type Operation = (body: unknown, exchange: Exchange) => unknown;
export type Operations = Readonly<Record<string, Operation>>;

interface JsonProtocol {
  readonly name: string;
  readonly version: '1.0' | '1.1';
  readonly operations: Operations;
  readonly mostBytes: number;
  /** Query-compatible services name their errors in a header as well. */
  readonly queryCompatible?: boolean;
  /** What the call touches, for the recorder. */
  readonly shapesOf: (operation: string, body: Record<string, unknown>) => Omit<CallShape, 'service'>[];
  readonly headersOf?: (body: string) => Record<string, string>;
}

/** The awsJson1_0 and awsJson1_1 protocols: the target header names the operation, body and answer are JSON. */
export class JsonService implements Service {
  private readonly operations: ReadonlyMap<string, Operation>;
  private readonly contentType: string;

  constructor(private readonly protocol: JsonProtocol) {
    this.operations = new Map(Object.entries(protocol.operations));
    this.contentType = `application/x-amz-json-${protocol.version}`;
  }

  async handle(exchange: Exchange): Promise<void> {
    try {
      this.answer(exchange, 200, await this.run(exchange));
    } catch (error) {
      const known = error instanceof AwsError ? error : internalFailure();
      const headers = this.protocol.queryCompatible
        ? { 'x-amzn-query-error': `${known.queryCode};${known.status < 500 ? 'Sender' : 'Receiver'}` }
        : undefined;
      this.answer(exchange, known.status, { __type: known.code, message: known.message, ...known.body }, headers);
    }
  }

  private async run(exchange: Exchange): Promise<unknown> {
    const { request, recorder, client } = exchange;
    const body = await readBody(request, this.protocol.mostBytes);
    const target = String(request.headers['x-amz-target']);
    const name = target.slice(target.indexOf('.') + 1);
    const operation = this.operations.get(name);
    if (!operation) {
      throw new AwsError('UnknownOperationException', `${this.protocol.name}:${name} is not emulated`, { status: 501 });
    }
    const input = parse(body);
    for (const shape of this.protocol.shapesOf(name, input)) {
      recorder.record(client, { service: this.protocol.name, ...shape });
    }
    return operation(input, exchange);
  }

  private answer({ response }: Exchange, status: number, body: unknown, headers?: Record<string, string>): void {
    const text = JSON.stringify(body ?? {});
    const extra = this.protocol.headersOf?.(text);
    send(
      response,
      status,
      { 'content-type': this.contentType, 'x-amzn-requestid': randomUUID(), ...extra, ...headers },
      text,
    );
  }
}

export const internalFailure = (): AwsError =>
  new AwsError('InternalServerError', 'The embedded AWS endpoint failed to carry out the call', { status: 500 });

function parse(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // answered below like any other body that is no JSON object
  }
  throw new AwsError('SerializationException', 'The request body is not a JSON object');
}

/** Ties an input schema to its handler, so that a handler only ever sees input of the right types. */
export function operation<Schema extends z.ZodType>(
  schema: Schema,
  run: (input: z.infer<Schema>, exchange: Exchange) => unknown,
  code = 'ValidationException',
): Operation {
  return (body, exchange) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return run(parsed.data, exchange);
    const [issue] = parsed.error.issues;
    const queryCode = code === 'ValidationException' ? 'ValidationError' : code;
    throw new AwsError(code, `${issue?.path.join('.')}: ${issue?.message}`, { queryCode });
  };
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
