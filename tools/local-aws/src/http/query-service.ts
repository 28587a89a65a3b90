import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AwsError } from '../aws-error';
import type { Exchange, Service } from './exchange';
import { send } from './exchange';
import { parseForm, type FormTree } from './query-form';
import { internalFailure } from './json-service';
import { readBody } from './read-body';
import { toXml, type XmlTree } from './xml';

export type QueryOperation = (form: FormTree, exchange: Exchange) => XmlTree | void;

interface QueryProtocol {
  readonly name: string;
  readonly namespace: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
  readonly resourceOf: (form: FormTree) => string | undefined;
}

const mostBytes = 4 * 1024 * 1024;

/** The AWS query protocol: a form goes in, XML comes out. */
export class QueryService implements Service {
  private readonly operations: ReadonlyMap<string, QueryOperation>;

  constructor(private readonly protocol: QueryProtocol) {
    this.operations = new Map(Object.entries(protocol.operations));
  }

  async handle(exchange: Exchange): Promise<void> {
    const { namespace } = this.protocol;
    const RequestId = randomUUID();
    let status = 200;
    let xml: string;
    try {
      const { action, result } = await this.run(exchange);
      const answer = toXml({ ...(result && { [`${action}Result`]: result }), ResponseMetadata: { RequestId } });
      xml = `<${action}Response xmlns="${namespace}">${answer}</${action}Response>`;
    } catch (error) {
      const known = error instanceof AwsError ? error : internalFailure();
      status = known.status;
      const Error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: known.code, Message: known.message };
      xml = `<ErrorResponse xmlns="${namespace}">${toXml({ Error, RequestId })}</ErrorResponse>`;
    }
    send(exchange.response, status, { 'content-type': 'text/xml', 'x-amzn-requestid': RequestId }, xml);
  }

  private async run(exchange: Exchange): Promise<{ action: string; result: XmlTree | void }> {
    const { request, recorder, client } = exchange;
    const text = request.method === 'GET' ? exchange.query : (await readBody(request, mostBytes)).toString('utf8');
    const form = parseForm(text);
    const action = typeof form.Action === 'string' ? form.Action : '';
    const run = this.operations.get(action);
    if (!run) throw new AwsError('InvalidAction', `${this.protocol.name}:${action} is not emulated`, { status: 501 });
    const resource = this.protocol.resourceOf(form);
    recorder.record(client, { service: this.protocol.name, operation: action, ...(resource && { resource }) });
    return { action, result: run(form, exchange) };
  }
}

export function queryOperation<Schema extends z.ZodType>(
  schema: Schema,
  run: (input: z.infer<Schema>, exchange: Exchange) => XmlTree | void,
): QueryOperation {
  return (form, exchange) => {
    const parsed = schema.safeParse({ ...form });
    if (parsed.success) return run(parsed.data, exchange);
    const [issue] = parsed.error.issues;
    throw new AwsError('InvalidParameter', `Invalid parameter: ${issue?.path.join('.')} ${issue?.message}`);
  };
}
