import { isIPv6 } from 'node:net';

const groupsOfNetwork = 4;
const withPort = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/;

/**
 * What counts as one address: with IPv6 its /64 network, all of which one subscriber has; an IPv4 address written as IPv6
 * (RFC 4291, 2.5.5.2) is that IPv4 address. A port that a proxy wrote behind it is none of it, and
 * what is no address at all counts as it is.
 */
export function addressKey(written: string): string {
  const [, ofIPv6, ofIPv4] = withPort.exec(written) ?? [];
  const address = ofIPv6 ?? ofIPv4 ?? written;
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address.split('%', 1)[0]!);
  const [high, low] = groups.slice(6) as [number, number];
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  return `${groups
    .slice(0, groupsOfNetwork)
    .map((group) => group.toString(16))
    .join(':')}::`;
}

/** The eight of them. The text is first brought to its one canonical form, which has no dots in it. */
function groupsOf(address: string): number[] {
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const read = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [read(before), read(after ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
