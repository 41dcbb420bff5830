/**
 * Decides which IP addresses the service may call. Public addresses are always allowed; private ones only when listed; link-local and cloud metadata
 * addresses never, because what answers there hands out the machine's own credentials.
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = [Address, number];

/** Describes the networks that may be called beyond public addresses. `parseAllowedNetworks` makes it. */
export interface AllowedNetworks {
  readonly loopback: boolean;
  readonly private: boolean;
  readonly cidrs: readonly Cidr[];
}

/** Allows nothing but public addresses. */
export const PUBLIC_ONLY: AllowedNetworks = Object.freeze({ loopback: false, private: false, cidrs: [] });

/** Lists metadata services outside the link-local range: Alibaba, Oracle, Azure, AWS and Google over IPv6. */
const METADATA = ['100.100.100.200', '192.0.0.192', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'].map((text) =>
  ipaddr.parse(text).toNormalizedString(),
);

/** Lists addresses at which no server is reached; `0.0.0.0` would be this machine under another name. */
const NEVER = new Set(['linkLocal', 'multicast', 'broadcast', 'unspecified']);
const PRIVATE = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Reads a comma list of `loopback`, `private` (RFC 1918, RFC 6598, unique local) and CIDR blocks; `none` or an empty text allows
 * nothing. Throws an `Error` whose message says what is expected and repeats nothing of the text.
 */
export function parseAllowedNetworks(text: string): AllowedNetworks {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'none');
  return Object.freeze({
    loopback: words.includes('loopback'),
    private: words.includes('private'),
    cidrs: words.filter((word) => word !== 'loopback' && word !== 'private').map(parseCidr),
  });
}

function parseCidr(word: string): Cidr {
  if (!ipaddr.isValidCIDR(word))
    throw new Error('a comma list of loopback, private, none or CIDR blocks like 10.0.0.0/8');
  return ipaddr.parseCIDR(word) as Cidr;
}

/** Tells whether a connection to this IP address (text, v4 or v6) may be opened. Anything that is no IP address may not. */
export function isAllowedAddress(ip: string, allow: AllowedNetworks): boolean {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  const inner = embeddedIpv4(address);
  return isAllowed(address, allow) && (inner === undefined || isAllowed(inner, allow));
}

function isAllowed(address: Address, allow: AllowedNetworks): boolean {
  const range = address.range();
  if (NEVER.has(range) || isIpv4Compatible(address) || METADATA.includes(address.toNormalizedString())) return false;
  // Translation prefixes are judged by the address they lead to.
  if (range === 'unicast' || embeddedIpv4(address) !== undefined) return true;
  if (range === 'loopback' && allow.loopback) return true;
  if (PRIVATE.has(range) && allow.private) return true;
  return allow.cidrs.some(([block, bits]) => block.kind() === address.kind() && address.match(block, bits));
}

const isZero = (byte: number) => byte === 0;

/** Tells an address in `::/96`, which RFC 4291 retired: an IPv4 address in other clothes. `::1` is none. */
function isIpv4Compatible(address: Address): boolean {
  return (
    address.range() !== 'loopback' && address.kind() === 'ipv6' && address.toByteArray().slice(0, 12).every(isZero)
  );
}

/** Reads the IPv4 address that a NAT64 (RFC 6052), IPv4-translated (RFC 6145) or 6to4 address leads to. */
function embeddedIpv4(address: Address): ipaddr.IPv4 | undefined {
  if (address.kind() !== 'ipv6') return undefined;
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  // In 64:ff9b:1::/48 (RFC 8215) it may be anywhere.
  const isNat64 = range === 'rfc6052' && bytes.slice(4, 12).every(isZero);
  return isNat64 || range === 'rfc6145' ? new ipaddr.IPv4(bytes.slice(12)) : undefined;
}
