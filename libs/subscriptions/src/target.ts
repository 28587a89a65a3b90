import { isIP } from 'node:net';
import { Problem, type SubscriptionRequest } from '@stocktool/contracts';
import { z } from 'zod';
import { isPublicAddress } from './public-address';

const Address = z.email().max(254);
const builtChannels: readonly string[] = ['email', 'webhook'];

/**
 * The target as it will be used, or Problem `target-refused`. This is the early, friendly check; what a name resolves to is
 * checked again on every connection, by the notifier.
 */
export function acceptedTarget(request: SubscriptionRequest, allowPrivateNetworks: boolean): string {
  if (!builtChannels.includes(request.channel))
    throw new Problem('not-built', `Subscriptions by ${request.channel} are not available yet.`);
  if (request.digest !== undefined || request.quietHours !== undefined)
    throw new Problem('not-built', 'Digests and quiet hours are not available yet.');
  return request.channel === 'email' ? emailAddress(request.target) : webhookUrl(request.target, allowPrivateNetworks);
}

function emailAddress(target: string): string {
  const address = Address.safeParse(target.toLowerCase());
  if (!address.success) throw refused('not an e-mail address');
  return address.data;
}

function webhookUrl(target: string, allowPrivateNetworks: boolean): string {
  const url = URL.parse(target);
  if (!url) throw refused('not a URL');
  if (url.username || url.password) throw refused('a URL must not carry credentials');
  if (url.protocol !== 'https:' && !(allowPrivateNetworks && url.protocol === 'http:'))
    throw refused('webhooks go to https addresses');
  if (!allowPrivateNetworks && isPrivateHost(url.hostname)) throw refused('webhooks go to public addresses');
  url.hash = '';
  return url.href;
}

const refused = (reason: string) =>
  new Problem('target-refused', `The target is refused: ${reason}.`, { errors: [{ path: 'target', message: reason }] });

/** Addresses that are written out and names that are private by definition. */
function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return !isPublicAddress(host);
  return !host.includes('.') || /\.(localhost|local|internal|home\.arpa)$/.test(host);
}
