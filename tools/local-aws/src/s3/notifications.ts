import { randomUUID } from 'node:crypto';
import { accountId, region } from '../account';
import type { Topics } from '../sns/topics';
import type { Queues } from '../sqs/queues';
import type { Buckets } from './buckets';
import { badRequest, s3NotImplemented } from './s3-error';
import { element, elements, parseXml, texts, textOf, type XmlInput } from './xml-input';

interface Rule {
  readonly id: string;
  readonly targetArn: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

export interface ObjectEvent {
  readonly bucket: string;
  readonly key: string;
  /** Without the `s3:` in front, such as `ObjectCreated:Put`. */
  readonly name: string;
  readonly size?: number;
  readonly etag?: string;
  readonly versionId?: string | undefined;
  readonly sequence: number;
}

const subject = 'Amazon S3 Notification';
const knownEvent =
  /^s3:(ObjectCreated:(\*|Put|Post|Copy|CompleteMultipartUpload)|ObjectRemoved:(\*|Delete|DeleteMarkerCreated))$/;

/** As in S3's own events: form encoding, but slashes stay. */
const encodedKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');

/** Tells queues and topics what happens to objects. */
export class Notifications {
  private readonly parsed = new Map<string, { configuration: string; rules: Rule[] }>();

  constructor(
    private readonly buckets: Buckets,
    private readonly queues: Queues,
    private readonly topics: Topics,
  ) {}

  /** Refuses a configuration whose targets do not exist, then says hello to each of them. */
  configure(bucket: string, configuration: string): void {
    const rules = rulesOf(configuration);
    for (const { targetArn, events } of rules) {
      const unknown = events.find((event) => !knownEvent.test(event));
      if (unknown !== undefined || events.length === 0) throw s3NotImplemented(`The event ${unknown}`);
      const exists = isQueue(targetArn)
        ? this.queues.byArn(targetArn)
        : this.topics.list().some(({ arn }) => arn === targetArn);
      if (!exists) throw badRequest('InvalidArgument', 'Unable to validate the following destination configurations');
    }
    this.buckets.configure(bucket, 'notification', configuration);
    const hello = {
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: new Date().toISOString(),
      Bucket: bucket,
      RequestId: randomUUID(),
    };
    for (const targetArn of new Set(rules.map((rule) => rule.targetArn)))
      this.deliver(targetArn, JSON.stringify(hello));
  }

  emit(event: ObjectEvent): void {
    for (const rule of this.rules(event.bucket)) {
      const fits = rule.events.some((pattern) => covers(pattern, `s3:${event.name}`));
      if (!fits || !event.key.startsWith(rule.prefix) || !event.key.endsWith(rule.suffix)) continue;
      this.deliver(rule.targetArn, JSON.stringify({ Records: [record(event, rule.id)] }));
    }
  }

  /** A target that is gone loses the event, as on AWS. */
  private deliver(targetArn: string, text: string): void {
    if (isQueue(targetArn)) this.queues.deliver(targetArn, { body: text });
    else if (this.topics.list().some(({ arn }) => arn === targetArn))
      this.topics.publish(targetArn, { Message: text, Subject: subject });
  }

  private rules(bucket: string): Rule[] {
    const configuration = this.buckets.configuration(bucket, 'notification');
    if (configuration === undefined) return [];
    const known = this.parsed.get(bucket);
    if (known?.configuration === configuration) return known.rules;
    const rules = rulesOf(configuration);
    this.parsed.set(bucket, { configuration, rules });
    return rules;
  }
}

const isQueue = (arn: string): boolean => arn.startsWith('arn:aws:sqs:');
const covers = (pattern: string, event: string): boolean =>
  pattern === event || (pattern.endsWith('*') && event.startsWith(pattern.slice(0, -1)));

function rulesOf(configuration: string): Rule[] {
  const root = parseXml(configuration, 'NotificationConfiguration');
  for (const other of ['CloudFunctionConfiguration', 'LambdaFunctionConfiguration', 'EventBridgeConfiguration']) {
    if (root[other] !== undefined) throw s3NotImplemented(other);
  }
  const of = (kind: string, target: string): Rule[] =>
    elements(root, `${kind}Configuration`).map((rule) => ruleOf(rule, target));
  return [...of('Queue', 'Queue'), ...of('Topic', 'Topic')];
}

function ruleOf(rule: XmlInput, target: string): Rule {
  const filters = elements(element(element(rule, 'Filter'), 'S3Key'), 'FilterRule');
  const filter = (name: string): string => {
    const found = filters.find((candidate) => textOf(candidate, 'Name')?.toLowerCase() === name);
    return found ? (textOf(found, 'Value') ?? '') : '';
  };
  return {
    id: textOf(rule, 'Id') ?? target,
    targetArn: textOf(rule, target) ?? '',
    events: texts(rule, 'Event'),
    prefix: filter('prefix'),
    suffix: filter('suffix'),
  };
}

const record = (event: ObjectEvent, configurationId: string) => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: region,
  eventTime: new Date().toISOString(),
  eventName: event.name,
  userIdentity: { principalId: accountId },
  requestParameters: { sourceIPAddress: '127.0.0.1' },
  responseElements: { 'x-amz-request-id': randomUUID() },
  s3: {
    s3SchemaVersion: '1.0',
    configurationId,
    bucket: { name: event.bucket, ownerIdentity: { principalId: accountId }, arn: `arn:aws:s3:::${event.bucket}` },
    object: {
      key: encodedKey(event.key),
      ...(event.size !== undefined && { size: event.size }),
      ...(event.etag !== undefined && { eTag: event.etag }),
      ...(event.versionId !== undefined && event.versionId !== 'null' && { versionId: event.versionId }),
      sequencer: event.sequence.toString(16).toUpperCase().padStart(16, '0'),
    },
  },
});
