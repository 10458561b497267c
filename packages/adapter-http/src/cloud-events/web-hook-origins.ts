/** The maximum length of a sender's origin, in characters. A host name has at most 253, and the rest is for the scheme and the port. */
export const maxOriginLength = 300;
const hostLabel = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostName = `(?:\\*\\.)?${hostLabel}(?:\\.${hostLabel})*\\.?`;
const ipv6Group = '[0-9A-Fa-f]{1,4}';
// Eight groups, or fewer with a "::" for the missing groups (RFC 5952). IPv4 notation is not allowed.
const compressedPatterns = [0, 1, 2, 3, 4, 5, 6].map(
  (before) =>
    `${before === 0 ? ':' : `(?:${ipv6Group}:){${before}}`}:(?:${ipv6Group}(?::${ipv6Group}){0,${6 - before}})?`,
);
const ipv6 = `\\[(?:(?:${ipv6Group}:){7}(?:${ipv6Group}|:)|${compressedPatterns.join('|')})\\]`;

/** Matches a host name, or an IPv6 address in brackets. A scheme, `*.` before the host name, a port and a slash at the end are allowed. */
export const originPattern = `^(?:(https?)://)?(${hostName}|${ipv6})(?::(\\d{1,5}))?/?$`;

const wellFormedOrigin = new RegExp(originPattern);
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * Parses a "DNS expression that identifies the sending system" (HTTP 1.1 Web Hooks for Event Delivery, section 4.1.2), or an origin with a
 * scheme and a port. Returns undefined for other texts. Ignores case, a dot after the host, a slash at the end, and the notation of IPv6.
 */
function parseOrigin(text: string) {
  if (text.length > maxOriginLength) return undefined;
  const [, scheme, sentHost, port] = wellFormedOrigin.exec(text.toLowerCase()) ?? [];
  if (sentHost === undefined) return undefined;
  const host = sentHost.startsWith('[') ? canonicalIpv6(sentHost) : sentHost.replace(/\.$/, '');
  return host === undefined ? undefined : { scheme, host, port: port ?? defaultPorts[scheme ?? ''] };
}

/** Returns an IPv6 address in the notation of URLs, with its brackets. Returns undefined if it is invalid. */
const canonicalIpv6 = (host: string): string | undefined => URL.parse(`http://${host}`)?.hostname;

/** Returns whether the pattern is the host itself, or is `*.` before a parent domain of the host. */
const matchesHost = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));

/**
 * `any`: every sender may deliver events. `allowed` or `foreign`: this sender may, or may not. `malformed`: the sender's name is invalid.
 */
type Permission = 'any' | 'allowed' | 'foreign' | 'malformed';

/**
 * Makes a function that returns whether a sender may deliver events. `*` allows all senders. An allowed origin without a scheme or port
 * stands for any scheme or port.
 */
export function permissionFinder(allowedOrigins: readonly string[]): (origin: string) => Permission {
  const isAnyAllowed = allowedOrigins.includes('*');
  const parsedOrigins = allowedOrigins.flatMap((text) => parseOrigin(text) ?? []);
  return (text) => {
    const origin = parseOrigin(text);
    if (origin === undefined) return 'malformed';
    if (isAnyAllowed) return 'any';
    const isAllowed = parsedOrigins.some(
      ({ scheme, host, port }) =>
        matchesHost(host, origin.host) &&
        (scheme === undefined || scheme === origin.scheme) &&
        (port === undefined || port === origin.port),
    );
    return isAllowed ? 'allowed' : 'foreign';
  };
}
