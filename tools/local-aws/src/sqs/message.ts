import { hash } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../aws-error';

export const MessageAttribute = z.object({
  DataType: z.string().min(1).max(256),
  StringValue: z.string().nullish(),
  BinaryValue: z.string().nullish(),
});
export type MessageAttribute = z.infer<typeof MessageAttribute>;
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What a sender hands in, from the API, from a topic or from a bucket. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes?: MessageAttributes | undefined;
  readonly groupId?: string | undefined;
  readonly traceHeader?: string | undefined;
  readonly delaySeconds?: number | undefined;
}

export interface Message extends OutgoingMessage {
  readonly id: string;
  /** Its number in the store. */
  readonly sequence: number;
  readonly bodyMd5: string;
  readonly attributesMd5: string | undefined;
  readonly sentAt: number;
  /** Set when a redrive brought the message here. */
  readonly deadLetterSourceArn?: string | undefined;
  state: 'delayed' | 'ready' | 'in-flight' | 'gone';
  /** Rises with every change of state: entries of the heaps made before it no longer hold. */
  version: number;
  receiveCount: number;
  /** The number of the latest receipt handle: every receive makes the earlier ones stale. */
  receipt: number;
  firstReceivedAt: number | undefined;
}

const md5 = (data: string | Buffer): string => hash('md5', data);
export const md5OfBody = (body: string): string => md5(body);

function sized(data: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return [length, data];
}

/** The digest that AWS defines over message attributes: names in order, each part with its length. */
export function md5OfAttributes(attributes: MessageAttributes | undefined): string | undefined {
  const names = Object.keys(attributes ?? {}).sort();
  if (!attributes || names.length === 0) return undefined;
  const parts = names.flatMap((name) => {
    const { DataType, StringValue, BinaryValue } = attributes[name]!;
    const binary = DataType.startsWith('Binary');
    const value = binary ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue ?? '');
    return [
      ...sized(Buffer.from(name)),
      ...sized(Buffer.from(DataType)),
      Buffer.from([binary ? 2 : 1]),
      ...sized(value),
    ];
  });
  return md5(Buffer.concat(parts));
}

const attributeName = /^(?!.*\.\.)(?!\.)[\w.-]{1,256}(?<!\.)$/;
const mostAttributes = 10;
// XML 1.0 characters, as SQS allows: no controls but tab and line ends, no lone surrogates, no U+FFFE/U+FFFF.

const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

export function checkMessage(message: OutgoingMessage, mostBytes: number): void {
  const { body, attributes = {} } = message;
  if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (forbidden.test(body) || !body.isWellFormed()) {
    throw new AwsError('InvalidMessageContents', 'Invalid characters found in the message body.');
  }
  let bytes = Buffer.byteLength(body);
  const entries = Object.entries(attributes);
  if (entries.length > mostAttributes)
    throw invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!attributeName.test(name)) throw invalid(`Invalid message attribute name '${name}'.`);
    if (!/^(String|Number|Binary)(\.|$)/.test(DataType)) {
      throw invalid(`The message attribute '${name}' has an invalid message attribute type.`);
    }
    const value = DataType.startsWith('Binary') ? BinaryValue : StringValue;
    if (!value) throw invalid(`The message attribute '${name}' must contain a non-empty value of its type.`);
    if (DataType.startsWith('Number') && !Number.isFinite(Number(value))) {
      throw invalid(`Can't cast the value of message attribute '${name}' to a number.`);
    }
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(value);
  }
  if (bytes > mostBytes)
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${mostBytes} bytes.`);
}

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
