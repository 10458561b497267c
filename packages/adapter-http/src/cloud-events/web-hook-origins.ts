/** A sender of web hooks as it names itself: a host, maybe with a scheme and a port. */
interface Origin {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
}

/** The maximum of characters: a host name has at most 253. */
export const maxOriginLength = 300;

const label = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';

/** A host name, maybe with `*.` before it, a scheme and a port. */
export const originPattern: string = `^(?:(https?)://)?((?:\\*\\.)?${label}(?:\\.${label})*\\.?)(?::(\\d{1,5}))?$`;

const wellFormed = new RegExp(originPattern);
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * A "DNS expression that identifies the sending system" (HTTP 1.1 Web Hooks for Event Delivery, section 4.1.2), also as an
 * origin with its scheme and port. Undefined if it is neither. Case and a dot at the end do not count.
 */
function parseOrigin(text: string): Origin | undefined {
  if (text.length > maxOriginLength) return undefined;
  const [, scheme, host, port] = wellFormed.exec(text.toLowerCase()) ?? [];
  if (host === undefined) return undefined;
  return { scheme, host: host.replace(/\.$/, ''), port: port ?? defaultPorts[scheme ?? ''] };
}

/** Whether a sender may deliver: `any` one may, this one may or not, or its name is no name. */
export type Permission = 'any' | 'allowed' | 'foreign' | 'malformed';

/** Judges senders by the names that are allowed; `*` is any. A name without a scheme or a port allows all of them. */
export function permissions(allowed: readonly string[]): (origin: string) => Permission {
  const isAny = allowed.includes('*');
  const known = allowed.flatMap((text) => parseOrigin(text) ?? []);
  return (text) => {
    const origin = parseOrigin(text);
    if (origin === undefined) return 'malformed';
    if (isAny) return 'any';
    const isAllowed = known.some(
      ({ scheme, host, port }) =>
        host === origin.host &&
        (scheme === undefined || scheme === origin.scheme) &&
        (port === undefined || port === origin.port),
    );
    return isAllowed ? 'allowed' : 'foreign';
  };
}
