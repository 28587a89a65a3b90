import { z } from 'zod';
import { AwsError } from '../aws-error';

export const defaultAttributes = {
  VisibilityTimeout: '30',
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
} as const;

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  VisibilityTimeout: [0, 43_200],
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};
const kept = new Set(['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'SqsManagedSseEnabled']);
const fifo = new Set(['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit']);

const RedrivePolicy = z.object({
  deadLetterTargetArn: z.string().min(1),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

export interface Redrive {
  readonly targetArn: string;
  readonly maxReceiveCount: number;
}

const parsed = new Map<string, Redrive>();
const mostParsed = 500;

export function redriveOf(policy: string | undefined): Redrive | undefined {
  if (!policy) return undefined;
  const known = parsed.get(policy);
  if (known) return known;
  const { deadLetterTargetArn, maxReceiveCount } = RedrivePolicy.parse(JSON.parse(policy));
  if (parsed.size >= mostParsed) parsed.clear();
  const redrive = { targetArn: deadLetterTargetArn, maxReceiveCount };
  parsed.set(policy, redrive);
  return redrive;
}

/** Refuses what SQS refuses. An empty value removes an attribute, as with AWS. */
export function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (fifo.has(name)) throw new AwsError('UnsupportedOperation', 'FIFO queues are not emulated', { status: 501 });
    const range = ranges[name];
    if (!range && !kept.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    const number = Number(value);
    if (range && !(value !== '' && Number.isInteger(number) && number >= range[0] && number <= range[1])) {
      throw invalid(name, value);
    }
    if (value !== '' && name === 'RedrivePolicy') checkRedrive(value);
    if (value !== '' && name.endsWith('Policy') && !isJson(value)) throw invalid(name, value);
  }
}

const invalid = (name: string, value: string): AwsError =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}: ${value.slice(0, 200)}`);

function checkRedrive(value: string): void {
  try {
    redriveOf(value);
  } catch {
    throw invalid('RedrivePolicy', value);
  }
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
