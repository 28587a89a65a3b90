import { BlockList, isIP } from 'node:net';
import { Problem, type SubscriptionRequest } from '@stocktool/contracts';
import { z } from 'zod';

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
  const family = isIP(host);
  if (family !== 0) return notPublic.check(host, family === 4 ? 'ipv4' : 'ipv6');
  return !host.includes('.') || /\.(localhost|local|internal|home\.arpa)$/.test(host);
}

const notPublic = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  notPublic.addSubnet(network, bits, 'ipv6');
