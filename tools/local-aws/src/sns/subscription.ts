import { randomUUID } from 'node:crypto';
import { accountId } from '../account';
import { AwsError } from '../aws-error';
import { attributesAsMessage, bodyAsMessage, compileFilterPolicy, type FilterScope } from './filter-policy';
import type { Publication } from './publication';

export const protocols = ['sqs', 'http', 'https', 'email', 'email-json'] as const;
export type Protocol = (typeof protocols)[number];

const settable = new Set([
  'RawMessageDelivery',
  'FilterPolicy',
  'FilterPolicyScope',
  'RedrivePolicy',
  'DeliveryPolicy',
]);

/** What of a subscription outlives the process. */
export interface KeptSubscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly token: string;
  readonly confirmed: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

export const newSubscription = (topicArn: string, protocol: Protocol, endpoint: string): KeptSubscription => ({
  arn: `${topicArn}:${randomUUID()}`,
  topicArn,
  protocol,
  endpoint,
  token: randomUUID().replaceAll('-', '').repeat(2),
  confirmed: protocol === 'sqs',
  attributes: {},
});

/** One subscription; its filter policy is compiled when it is set. */
export class Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly token: string;
  confirmed: boolean;
  attributes: Readonly<Record<string, string>> = {};
  private matches: ((publication: Publication) => boolean) | undefined;

  constructor({ arn, topicArn, protocol, endpoint, token, confirmed, attributes }: KeptSubscription) {
    this.arn = arn;
    this.topicArn = topicArn;
    this.protocol = protocol;
    this.endpoint = endpoint;
    this.token = token;
    this.confirmed = confirmed;
    this.set(attributes);
  }

  get kept(): KeptSubscription {
    const { arn, topicArn, protocol, endpoint, token, confirmed, attributes } = this;
    return { arn, topicArn, protocol, endpoint, token, confirmed, attributes };
  }

  get raw(): boolean {
    return this.attributes.RawMessageDelivery === 'true';
  }

  get deadLetterArn(): string | undefined {
    const { RedrivePolicy } = this.attributes;
    if (!RedrivePolicy) return undefined;
    const policy = JSON.parse(RedrivePolicy) as { deadLetterTargetArn?: string };
    return policy.deadLetterTargetArn;
  }

  /** An empty value removes an attribute. Nothing changes when one of them is refused. */
  set(changes: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(changes)) check(name, value);
    const merged = Object.entries({ ...this.attributes, ...changes }).filter(([, value]) => value !== '');
    const attributes = Object.fromEntries(merged);
    this.matches = compile(attributes);
    this.attributes = attributes;
  }

  wants(publication: Publication): boolean {
    return this.matches?.(publication) ?? true;
  }

  describe(): Record<string, string> {
    return {
      ...this.attributes,
      RawMessageDelivery: String(this.raw),
      SubscriptionArn: this.arn,
      TopicArn: this.topicArn,
      Protocol: this.protocol,
      Endpoint: this.endpoint,
      Owner: accountId,
      PendingConfirmation: String(!this.confirmed),
      ConfirmationWasAuthenticated: 'false',
      SubscriptionPrincipal: `arn:aws:iam::${accountId}:root`,
    };
  }
}

const invalid = (reason: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);

function check(name: string, value: string): void {
  if (!settable.has(name)) throw invalid('AttributeName');
  if (name === 'RawMessageDelivery' && !['true', 'false', ''].includes(value)) throw invalid('RawMessageDelivery');
  if (name === 'FilterPolicyScope' && !['MessageAttributes', 'MessageBody', ''].includes(value))
    throw invalid('FilterPolicyScope');
  if (!name.endsWith('Policy') || value === '') return;
  try {
    const parsed: unknown = JSON.parse(value);
    if (parsed !== null && typeof parsed === 'object') return;
  } catch {
    // refused below
  }
  throw invalid(`${name}: not a JSON object`);
}

function compile({
  FilterPolicy,
  FilterPolicyScope,
}: Record<string, string>): ((publication: Publication) => boolean) | undefined {
  if (!FilterPolicy) return undefined;
  const scope = (FilterPolicyScope ?? 'MessageAttributes') as FilterScope;
  const matches = compileFilterPolicy(FilterPolicy, scope);
  if (scope === 'MessageAttributes') return ({ attributes }) => matches(attributesAsMessage(attributes ?? {}));
  return ({ message }) => {
    const body = bodyAsMessage(message);
    return body !== undefined && matches(body);
  };
}
