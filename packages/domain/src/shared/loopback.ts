// An IPv4 address has four decimal numbers without leading zeros. An IPv6 address that maps it has `::ffff:` in front, followed by the
// same decimal numbers (RFC 5952) or by two hexadecimal numbers (WHATWG URL).
const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const loopbackIpv4 = `127(?:\\.${octet}){3}`;
const ipv4 = new RegExp(`^${loopbackIpv4}$`);
const ipv6 = new RegExp(`^(?:::1|::ffff:(?:7f[\\da-f]{2}:[\\da-f]{1,4}|${loopbackIpv4}))$`);
const localhostName = /^(?:[\w-]+\.)*localhost$/;

/**
 * Returns whether a host always means this machine: a loopback address (127.0.0.0/8 or ::1, with or without brackets), or
 * `localhost` and the names below it (RFC 6761). IPv6 addresses must be spelt as in RFC 5952 or in a WHATWG URL. Does not query DNS.
 */
export function isLoopback(host: string): boolean {
  const lower = host.toLowerCase();
  const address = lower.startsWith('[') && lower.endsWith(']') ? lower.slice(1, -1) : lower;
  return localhostName.test(lower) || ipv4.test(lower) || ipv6.test(address);
}
