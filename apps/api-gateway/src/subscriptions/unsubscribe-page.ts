import { escapeHtml, pageOf } from '../pages/layout';

const unsubscribePath = '/v1/subscriptions/unsubscribe';

/** Asks first: mail programs and scanners open links, and only the button may end anything. */
export const askPage = (token: string): string =>
  pageOf({
    title: 'Stop these notifications?',
    lead: 'No further mail of this subscription will be sent to this address.',
    body: `<form method="post" action="${unsubscribePath}?token=${escapeHtml(encodeURIComponent(token))}">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button>Stop them</button>
</form>`,
  });

export const donePage = (): string =>
  pageOf({
    title: 'You are unsubscribed',
    lead: 'No further mail of this subscription will be sent to this address.',
    body: '',
  });
