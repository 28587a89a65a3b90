import type { DatabaseSync } from 'node:sqlite';
import { accountId, arn } from '../account';
import { AwsError } from '../aws-error';
import type { Queues } from '../sqs/queues';
import { Documents } from '../state/documents';
import { HttpDelivery } from './http-delivery';
import { envelopeOf, publicationOf, textFor, type Publication, type Publishable } from './publication';
import { type KeptSubscription, newSubscription, Subscription, protocols, type Protocol } from './subscription';

const mostTopics = 1000;
const mostSubscriptions = 10_000;
const topicName = /^[\w-]{1,256}$/;

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Topics and their subscriptions, which outlive the process; a publish is handed to queues at once and to http subscribers in the
 * background.
 */
export class Topics {
  private readonly topics: Map<string, Topic>;
  private readonly subscriptions: Map<string, Subscription>;
  private readonly keptTopics: Documents<Topic>;
  private readonly keptSubscriptions: Documents<KeptSubscription>;
  private readonly http: HttpDelivery;

  constructor(
    database: DatabaseSync,
    private readonly queues: Queues,
    private readonly endpoint: () => string,
  ) {
    this.keptTopics = new Documents<Topic>(database, 'topic');
    this.keptSubscriptions = new Documents<KeptSubscription>(database, 'subscription');
    this.topics = this.keptTopics.load();
    const kept = [...this.keptSubscriptions.load().values()];
    this.subscriptions = new Map(kept.map((one) => [one.arn, new Subscription(one)]));
    this.http = new HttpDelivery(endpoint, (subscription, publication) => this.deadLetter(subscription, publication));
  }

  create(name: string, attributes: Record<string, string>, tags: Record<string, string>): Topic {
    if (name.endsWith('.fifo') || attributes.FifoTopic === 'true') {
      throw new AwsError('NotImplemented', 'FIFO topics are not emulated', { status: 501 });
    }
    if (!topicName.test(name)) throw new AwsError('InvalidParameter', 'Invalid parameter: Topic Name');
    const existing = this.topics.get(arn('sns', name));
    if (existing) return this.save({ ...existing, attributes: { ...existing.attributes, ...attributes } });
    if (this.topics.size >= mostTopics) throw new AwsError('TopicLimitExceeded', 'Too many topics', { status: 403 });
    return this.save({ arn: arn('sns', name), name, attributes, tags });
  }

  /** A topic as it is from now on. */
  save(topic: Topic): Topic {
    this.keptTopics.put(topic.arn, topic);
    this.topics.set(topic.arn, topic);
    return topic;
  }

  get(topicArn: string): Topic {
    const topic = this.topics.get(topicArn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', { status: 404 });
    return topic;
  }

  list(): Topic[] {
    return [...this.topics.values()];
  }

  delete(topicArn: string): void {
    for (const { arn } of this.subscriptionsOf(topicArn)) this.unsubscribe(arn);
    this.keptTopics.delete(topicArn);
    this.topics.delete(topicArn);
  }

  subscribe(topicArn: string, protocol: string, endpoint: string, attributes: Record<string, string>): Subscription {
    this.get(topicArn);
    if (!(protocols as readonly string[]).includes(protocol)) {
      throw new AwsError('InvalidParameter', `Invalid parameter: protocol ${protocol} is not emulated`);
    }
    checkEndpoint(protocol as Protocol, endpoint);
    const existing = this.subscriptionsOf(topicArn).find(
      (one) => one.protocol === protocol && one.endpoint === endpoint,
    );
    const subscription = existing ?? new Subscription(newSubscription(topicArn, protocol as Protocol, endpoint));
    if (existing) {
      const differs = Object.entries(attributes).some(([name, value]) => existing.attributes[name] !== value);
      const reason = 'Invalid parameter: Attributes Reason: Subscription already exists with different attributes';
      if (differs) throw new AwsError('InvalidParameter', reason);
    } else {
      subscription.set(attributes);
      if (this.subscriptions.size >= mostSubscriptions) {
        throw new AwsError('SubscriptionLimitExceeded', 'Too many subscriptions', { status: 403 });
      }
      this.keep(subscription);
      this.subscriptions.set(subscription.arn, subscription);
    }
    if (!subscription.confirmed && protocol.startsWith('http')) this.http.requestConfirmation(subscription);
    return subscription;
  }

  confirm(topicArn: string, token: string): Subscription {
    const subscription = this.subscriptionsOf(topicArn).find((one) => one.token === token);
    if (!subscription) throw new AwsError('InvalidParameter', 'Invalid parameter: Token');
    subscription.confirmed = true;
    this.keep(subscription);
    return subscription;
  }

  subscription(subscriptionArn: string): Subscription {
    const subscription = this.subscriptions.get(subscriptionArn);
    if (!subscription) throw new AwsError('NotFound', 'Subscription does not exist', { status: 404 });
    return subscription;
  }

  configure(subscriptionArn: string, changes: Readonly<Record<string, string>>): void {
    const subscription = this.subscription(subscriptionArn);
    subscription.set(changes);
    this.keep(subscription);
  }

  unsubscribe(subscriptionArn: string): void {
    this.keptSubscriptions.delete(subscriptionArn);
    this.subscriptions.delete(subscriptionArn);
  }

  listSubscriptions(): Subscription[] {
    return [...this.subscriptions.values()];
  }

  subscriptionsOf(topicArn: string): Subscription[] {
    return this.listSubscriptions().filter((subscription) => subscription.topicArn === topicArn);
  }

  publish(topicArn: string, input: Publishable): Publication {
    this.get(topicArn);
    const publication = publicationOf(topicArn, input);
    for (const subscription of this.subscriptions.values()) {
      if (subscription.topicArn !== topicArn || !subscription.confirmed || !subscription.wants(publication)) continue;
      if (subscription.protocol === 'sqs') this.toQueue(subscription.endpoint, subscription, publication);
      else if (subscription.protocol.startsWith('http')) this.http.deliver(subscription, publication);
    }
    return publication;
  }

  describe(topic: Topic): Record<string, string> {
    const subscriptions = this.subscriptionsOf(topic.arn);
    const confirmed = subscriptions.filter((subscription) => subscription.confirmed).length;
    return {
      TopicArn: topic.arn,
      Owner: accountId,
      DisplayName: '',
      Policy: JSON.stringify({ Version: '2008-10-17', Statement: [] }),
      ...topic.attributes,
      SubscriptionsConfirmed: String(confirmed),
      SubscriptionsPending: String(subscriptions.length - confirmed),
      SubscriptionsDeleted: '0',
    };
  }

  stop(): void {
    this.http.stop();
  }

  private keep({ kept }: Subscription): void {
    this.keptSubscriptions.put(kept.arn, kept);
  }

  private toQueue(queueArn: string, subscription: Subscription, publication: Publication): void {
    const { groupId, attributes } = publication;
    const message = subscription.raw
      ? { body: textFor(publication, 'sqs'), attributes, groupId }
      : { body: envelopeOf(publication, subscription, this.endpoint()), groupId };
    try {
      if (this.queues.deliver(queueArn, message)) return;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
    if (queueArn !== subscription.deadLetterArn) this.deadLetter(subscription, publication);
  }

  private deadLetter(subscription: Subscription, publication: Publication): void {
    const { deadLetterArn } = subscription;
    if (deadLetterArn) this.toQueue(deadLetterArn, subscription, publication);
  }
}

function checkEndpoint(protocol: Protocol, endpoint: string): void {
  const fits =
    protocol === 'sqs'
      ? /^arn:aws:sqs:[\w-]+:\d{12}:[\w.-]+$/.test(endpoint)
      : protocol.startsWith('http')
        ? endpoint.startsWith(`${protocol}://`) && URL.canParse(endpoint)
        : /^[^\s@]+@[^\s@]+$/.test(endpoint);
  if (!fits)
    throw new AwsError('InvalidParameter', `Invalid parameter: Endpoint does not fit the protocol ${protocol}`);
}
