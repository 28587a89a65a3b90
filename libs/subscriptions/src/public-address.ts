import { BlockList, isIP } from 'node:net';

const networks4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;
/** Those that carry an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) whole: what is inside may be private. */
const networks6 = [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

// Two lists: in one, the rule for mapped addresses would take every IPv4 address.
const refused4 = new BlockList();
for (const [network, bits] of networks4) refused4.addSubnet(network, bits, 'ipv4');
const refused6 = new BlockList();
for (const [network, bits] of networks6) refused6.addSubnet(network, bits, 'ipv6');

/** Whether webhooks may go to this address: asked when a target is written down, and again of every connection. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused4.check(address, 'ipv4');
  return family === 6 && !refused6.check(address, 'ipv6');
}
