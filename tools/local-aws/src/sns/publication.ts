import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import { checkMessage, type MessageAttributes } from '../sqs/message';
import type { Protocol, Subscription } from './subscription';

const mostBytes = 262_144;
export const signature = 'EXAMPLE-NOT-SIGNED-BY-THE-EMBEDDED-ENDPOINT';
export const certificateUrl = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-embedded.pem';

/** One published message, as all subscriptions of the topic see it. */
export interface Publication {
  readonly id: string;
  readonly topicArn: string;
  readonly subject?: string | undefined;
  readonly message: string;
  /** Per-protocol texts of `MessageStructure: json`. */
  readonly structure?: Readonly<Record<string, string>> | undefined;
  readonly attributes?: MessageAttributes | undefined;
  readonly groupId?: string | undefined;
  readonly publishedAt: Date;
}

export interface Publishable {
  readonly Message: string;
  readonly Subject?: string | undefined;
  readonly MessageStructure?: string | undefined;
  readonly MessageAttributes?: MessageAttributes | undefined;
  readonly MessageGroupId?: string | undefined;
}

const invalid = (reason: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);

export function publicationOf(topicArn: string, input: Publishable): Publication {
  const { Message, Subject, MessageStructure, MessageAttributes, MessageGroupId } = input;
  if (Message === '') throw invalid('Empty message');

  if (Subject !== undefined && !/^(?! )[^\u0000-\u001f]{1,100}$/.test(Subject)) throw invalid('Subject');
  if (MessageStructure !== undefined && MessageStructure !== 'json') throw invalid('MessageStructure');
  try {
    checkMessage({ body: Message, attributes: MessageAttributes }, mostBytes);
  } catch (error) {
    throw error instanceof AwsError ? invalid(error.message) : error;
  }
  const structure = MessageStructure === 'json' ? structureOf(Message) : undefined;
  return {
    id: randomUUID(),
    topicArn,
    subject: Subject,
    message: structure?.default ?? Message,
    structure,
    attributes: MessageAttributes,
    groupId: MessageGroupId,
    publishedAt: new Date(),
  };
}

function structureOf(message: string): Record<string, string> {
  try {
    const value = JSON.parse(message) as unknown;
    if (value !== null && typeof value === 'object' && typeof (value as { default?: unknown }).default === 'string') {
      return value as Record<string, string>;
    }
  } catch {
    // refused below
  }
  throw invalid('Message Structure - No default entry in JSON message body');
}

export const textFor = ({ message, structure }: Publication, protocol: Protocol): string =>
  structure?.[protocol] ?? message;

/** The JSON document that a subscriber without raw delivery gets. */
export function envelopeOf(publication: Publication, { arn, protocol }: Subscription, endpoint: string): string {
  const { id, topicArn, subject, attributes, publishedAt } = publication;
  const named = Object.entries(attributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue },
  ]);
  return JSON.stringify({
    Type: 'Notification',
    MessageId: id,
    TopicArn: topicArn,
    ...(subject !== undefined && { Subject: subject }),
    Message: textFor(publication, protocol),
    Timestamp: publishedAt.toISOString(),
    SignatureVersion: '1',
    Signature: signature,
    SigningCertURL: certificateUrl,
    UnsubscribeURL: `${endpoint}/?Action=Unsubscribe&SubscriptionArn=${arn}`,
    ...(named.length > 0 && { MessageAttributes: Object.fromEntries(named) as object }),
  });
}
