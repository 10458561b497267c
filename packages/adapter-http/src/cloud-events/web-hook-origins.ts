/** A sender of web hooks: a host, optionally with a scheme and a port. */
interface Origin {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
}

/** The maximum of characters. A host name has at most 253. */
export const maxOriginLength = 300;
const label = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostName = `(?:\\*\\.)?${label}(?:\\.${label})*\\.?`;
const group = '[0-9A-Fa-f]{1,4}';
// Eight groups, or fewer around a "::" that stands for the missing ones (RFC 5952). IPv4 notation is not allowed.
const compressed = [0, 1, 2, 3, 4, 5, 6].map(
  (before) =>
    `${before === 0 ? ':' : `(?:${group}:){${before}}`}:(?:${group}(?::${group}){0,${6 - before}})?`,
);
const ipv6 = `\\[(?:(?:${group}:){7}(?:${group}|:)|${compressed.join('|')})\\]`;

/** A host name, optionally after `*.`, or an IPv6 address in brackets; optionally with a scheme, a port and a slash at the end. */
export const originPattern = `^(?:(https?)://)?(${hostName}|${ipv6})(?::(\\d{1,5}))?/?$`;

const wellFormed = new RegExp(originPattern);
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * Parses a "DNS expression that identifies the sending system" (HTTP 1.1 Web Hooks for Event Delivery, section 4.1.2), or an origin
 * with a scheme and a port. Returns undefined if it is neither. Ignores case, a dot behind the host, a slash at the end, and the
 * spelling of an IPv6 address.
 */
function parseOrigin(text: string): Origin | undefined {
  if (text.length > maxOriginLength) return undefined;
  const [, scheme, host, port] = wellFormed.exec(text.toLowerCase()) ?? [];
  if (host === undefined) return undefined;
  const plain = host.startsWith('[') ? plainAddress(host) : host.replace(/\.$/, '');
  return plain === undefined ? undefined : { scheme, host: plain, port: port ?? defaultPorts[scheme ?? ''] };
}

/** An IPv6 address in the spelling of URLs, with its brackets; undefined if it is invalid. */
const plainAddress = (host: string): string | undefined => URL.parse(`http://${host}`)?.hostname;

/** Whether a host is the allowed one or, if that begins with `*.`, below it at any depth. */
const covers = (allowed: string, host: string): boolean =>
  allowed === host || (allowed.startsWith('*.') && host.endsWith(allowed.slice(1)));

/** Whether a sender may deliver: `any` means that all may, `malformed` that its name is not valid. */
type Permission = 'any' | 'allowed' | 'foreign' | 'malformed';

/** Returns a function that judges senders. `*` allows all; `*.example.com` every host below it; a bare name any scheme and port. */
export function permissions(allowed: readonly string[]): (origin: string) => Permission {
  const isAnyAllowed = allowed.includes('*');
  const known = allowed.flatMap((text) => parseOrigin(text) ?? []);
  return (text) => {
    const origin = parseOrigin(text);
    if (origin === undefined) return 'malformed';
    if (isAnyAllowed) return 'any';
    const isAllowed = known.some(
      ({ scheme, host, port }) =>
        covers(host, origin.host) &&
        (scheme === undefined || scheme === origin.scheme) &&
        (port === undefined || port === origin.port),
    );
    return isAllowed ? 'allowed' : 'foreign';
  };
}
