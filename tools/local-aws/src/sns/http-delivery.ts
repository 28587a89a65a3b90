import { randomUUID } from 'node:crypto';
import { certificateUrl, envelopeOf, signature, textFor, type Publication } from './publication';
import type { Subscription } from './subscription';

const timeoutMs = 5000;
const mostWaiting = 1000;
const defaultRetries = 3;
const mostRetries = 10;
const longestPauseSeconds = 20;

interface RetryPolicy {
  readonly numRetries?: number;
  readonly minDelayTarget?: number;
}

/** Posts to http and https subscribers: a few retries with a pause, a bounded number of deliveries under way, then the dead-letter queue. */
export class HttpDelivery {
  private waiting = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly endpoint: () => string,
    private readonly deadLetter: (subscription: Subscription, publication: Publication) => void,
  ) {}

  /** Returns at once. */
  deliver(subscription: Subscription, publication: Publication): void {
    if (this.waiting >= mostWaiting) return this.deadLetter(subscription, publication);
    this.waiting++;
    const { raw, protocol } = subscription;
    const body = raw ? textFor(publication, protocol) : envelopeOf(publication, subscription, this.endpoint());
    void this.attempts(subscription, 'Notification', publication.id, body).then((delivered) => {
      this.waiting--;
      if (!delivered && !this.stopping.signal.aborted) this.deadLetter(subscription, publication);
    });
  }

  /** The handshake: the subscriber has to call the SubscribeURL, or pass the token to ConfirmSubscription. */
  requestConfirmation(subscription: Subscription): void {
    const { topicArn, token } = subscription;
    const id = randomUUID();
    const confirmation = {
      Type: 'SubscriptionConfirmation',
      MessageId: id,
      Token: token,
      TopicArn: topicArn,
      Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
      SubscribeURL: `${this.endpoint()}/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topicArn)}&Token=${token}`,
      Timestamp: new Date().toISOString(),
      SignatureVersion: '1',
      Signature: signature,
      SigningCertURL: certificateUrl,
    };
    void this.attempts(subscription, 'SubscriptionConfirmation', id, JSON.stringify(confirmation));
  }

  stop(): void {
    this.stopping.abort();
  }

  private async attempts(subscription: Subscription, type: string, id: string, body: string): Promise<boolean> {
    const { numRetries = defaultRetries, minDelayTarget = 1 } = retryPolicyOf(subscription);
    for (let attempt = 0; attempt <= Math.min(numRetries, mostRetries); attempt++) {
      if (attempt > 0) await this.pause(Math.min(minDelayTarget, longestPauseSeconds) * 1000);
      if (this.stopping.signal.aborted) return false;
      if (await this.post(subscription, type, id, body)) return true;
    }
    return false;
  }

  private async post(subscription: Subscription, type: string, id: string, body: string): Promise<boolean> {
    const headers = {
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': type,
      'x-amz-sns-message-id': id,
      'x-amz-sns-topic-arn': subscription.topicArn,
      ...(type === 'Notification' && { 'x-amz-sns-subscription-arn': subscription.arn }),
      ...(subscription.raw && { 'x-amz-sns-rawdelivery': 'true' }),
    };
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.stopping.signal]);
      const answer = await fetch(subscription.endpoint, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false; // unreachable or too slow: tried again, then dead-lettered
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.stopping.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.stopping.signal.addEventListener('abort', done);
    });
  }
}

function retryPolicyOf({ attributes }: Subscription): RetryPolicy {
  const policy = JSON.parse(attributes.DeliveryPolicy ?? '{}') as { healthyRetryPolicy?: RetryPolicy };
  const { numRetries, minDelayTarget } = policy.healthyRetryPolicy ?? {};
  return {
    ...(typeof numRetries === 'number' && { numRetries }),
    ...(typeof minDelayTarget === 'number' && { minDelayTarget }),
  };
}
