import { type SubscriptionRow, unsubscribeTokenOf } from '@stocktool/subscriptions';
import { eventMail, type ShownEvent } from '../mail/event-mail';
import { renderMail } from '../mail/mail-document';
import { Mailer } from '../mail/mailer';
import { WebhookClient } from '../webhook/webhook-client';

/** `permanent`: another attempt cannot help. */
export interface ChannelAnswer {
  readonly ok: boolean;
  readonly permanent: boolean;
  readonly responseCode: number | null;
  readonly error: string | null;
  readonly retryAfterSeconds?: number;
  /** We ended, not the other side. */
  readonly interrupted?: boolean;
}

/** The ways out: one attempt by the channel of a subscription. What the other side does is an answer, not an exception. */
export class Channels {
  constructor(
    private readonly webhooks: WebhookClient,
    private readonly mailer: Mailer,
    private readonly publicUrl: string,
  ) {}

  async send(
    subscription: SubscriptionRow,
    deliveryId: string,
    event: ShownEvent,
    signal: AbortSignal,
  ): Promise<ChannelAnswer> {
    const { channel, target, secret, id } = subscription;
    switch (channel) {
      case 'webhook':
        if (secret === undefined) throw new Error('a webhook subscription has no secret');
        return this.webhooks.post({ id: deliveryId, url: target, secret, body: JSON.stringify(event) }, signal);
      case 'email': {
        const unsubscribeUrl = this.unsubscribeUrlOf(subscription);
        const mail = renderMail(eventMail(event, { publicUrl: this.publicUrl, subscriptionId: id, unsubscribeUrl }));
        const outcome = await this.mailer.send(deliveryId, target, mail, unsubscribeUrl);
        return outcome.ok ? { ok: true, permanent: false, responseCode: 250, error: null } : outcome;
      }
      case 'sqs':
      case 'slack':
      case 'pagerduty':
        return { ok: false, permanent: true, responseCode: null, error: `${channel} is not available yet` };
    }
  }

  private unsubscribeUrlOf(subscription: SubscriptionRow): string | undefined {
    const token = unsubscribeTokenOf(subscription);
    return token === undefined
      ? undefined
      : new URL(`/v1/subscriptions/unsubscribe?token=${encodeURIComponent(token)}`, this.publicUrl).href;
  }
}
