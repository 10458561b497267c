// An IPv4 address has four decimal numbers without leading zeros. As IPv6 it follows `::ffff:` as it is (RFC 5952), or as two
// hexadecimal numbers (WHATWG URL).
const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const loopbackIpv4 = `127(?:\\.${octet}){3}`;
const ipv4 = new RegExp(`^${loopbackIpv4}$`);
const ipv6 = new RegExp(`^(?:::1|::ffff:(?:7f[\\da-f]{2}:[\\da-f]{1,4}|${loopbackIpv4}))$`);
const name = /^(?:[\w-]+\.)*localhost$/;

/**
 * Whether a host means this machine and no other: a loopback address (127.0.0.0/8 or ::1, with brackets or without) or a name of
 * RFC 6761, `localhost` and all below it. An IPv6 address counts in the spelling of RFC 5952 or of a WHATWG URL. Nothing is
 * resolved.
 */
export function isLoopback(host: string): boolean {
  const lower = host.toLowerCase();
  const address = lower.startsWith('[') && lower.endsWith(']') ? lower.slice(1, -1) : lower;
  return name.test(lower) || ipv4.test(lower) || ipv6.test(address);
}
