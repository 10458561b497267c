/** A sender of web hooks as it names itself: a host, maybe with a scheme and a port. */
interface Origin {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
}

/** The maximum of characters: a host name has at most 253. */
export const maxOriginLength = 300;

const label = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';

const hostName = `(?:\\*\\.)?${label}(?:\\.${label})*\\.?`;
const group = '[0-9A-Fa-f]{1,4}';
// All eight groups, or some before and behind a "::" that stands for the others (RFC 5952); none is written as IPv4.
const compressed = [0, 1, 2, 3, 4, 5, 6].map(
  (before) =>
    `${before === 0 ? ':' : `(?:${group}:){${before}}`}:(?:${group}(?::${group}){0,${6 - before}})?`,
);
const ipv6 = `\\[(?:(?:${group}:){7}(?:${group}|:)|${compressed.join('|')})\\]`;

/** A host name, maybe with `*.` before it, or an IPv6 address in brackets; maybe with a scheme, a port and a slash at the end. */
export const originPattern: string = `^(?:(https?)://)?(${hostName}|${ipv6})(?::(\\d{1,5}))?/?$`;

const wellFormed = new RegExp(originPattern);
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * A "DNS expression that identifies the sending system" (HTTP 1.1 Web Hooks for Event Delivery, section 4.1.2), also as an
 * origin with its scheme and port. Undefined if it is neither. Case, a dot behind the host and a slash at the end do not
 * count, nor does how an IPv6 address is written.
 */
function parseOrigin(text: string): Origin | undefined {
  if (text.length > maxOriginLength) return undefined;
  const [, scheme, host, port] = wellFormed.exec(text.toLowerCase()) ?? [];
  if (host === undefined) return undefined;
  const plain = host.startsWith('[') ? plainAddress(host) : host.replace(/\.$/, '');
  return plain === undefined ? undefined : { scheme, host: plain, port: port ?? defaultPorts[scheme ?? ''] };
}

/** An IPv6 address in brackets as URLs write it; undefined if it is none. */
const plainAddress = (host: string): string | undefined => URL.parse(`http://${host}`)?.hostname;

/** Whether a host is the one that is allowed, or below it at any depth where that begins with `*.`. */
const covers = (allowed: string, host: string): boolean =>
  allowed === host || (allowed.startsWith('*.') && host.endsWith(allowed.slice(1)));

/** Whether a sender may deliver: `any` one may, this one may or not, or its name is no name. */
export type Permission = 'any' | 'allowed' | 'foreign' | 'malformed';

/**
 * Judges senders by the names that are allowed; `*` is any, and `*.example.com` any below example.com, but not that itself. A name
 * without a scheme or a port allows all of them.
 */
export function permissions(allowed: readonly string[]): (origin: string) => Permission {
  const isAny = allowed.includes('*');
  const known = allowed.flatMap((text) => parseOrigin(text) ?? []);
  return (text) => {
    const origin = parseOrigin(text);
    if (origin === undefined) return 'malformed';
    if (isAny) return 'any';
    const isAllowed = known.some(
      ({ scheme, host, port }) =>
        covers(host, origin.host) &&
        (scheme === undefined || scheme === origin.scheme) &&
        (port === undefined || port === origin.port),
    );
    return isAllowed ? 'allowed' : 'foreign';
  };
}
