import { isIPv6 } from 'node:net';
import { isLoopback } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

const hostRemedy =
  'Without API_KEYS, the service accepts only loopback names and addresses, and the hosts in ALLOWED_HOSTS. Add the host to ALLOWED_HOSTS, or set API_KEYS.';

/**
 * Makes a check that throws 403 for a request that a browser may have sent for a page of another site. After DNS rebinding, such a request
 * has a foreign `Host`. Otherwise, it has a foreign `Origin`, or `Sec-Fetch-Site: cross-site`. A host is foreign unless it is in
 * `allowedHosts`, or is a loopback name or address. Ports do not matter. The check returns true for a page of another site that a public
 * key allows: such a request needs a key.
 */
export function foreignHostCheck(allowedHosts: readonly string[]): (request: FastifyRequest) => boolean {
  const allowed = new Set(allowedHosts.map((name) => hostOf(isIPv6(name) ? `[${name}]` : name)));
  const isAllowed = (authority: string): boolean => {
    const host = hostOf(authority);
    return host !== undefined && (isLoopback(host) || allowed.has(host));
  };
  return (request) => {
    const { host = '', origin, 'sec-fetch-site': site } = request.headers;
    if (!isAllowed(host) || !isAllowed(targetAuthorityOf(request.raw.url) ?? host))
      throw new Problem(403, `The request is for a foreign host. ${hostRemedy}`);
    const isForeign = origin !== undefined && !isAllowed(/^https?:\/\/(.*)$/i.exec(origin)?.[1] ?? '');
    const isCrossSite = String(site).toLowerCase().includes('cross-site') && !opensDocs(request);
    if ((isForeign || isCrossSite) && request.pageOrigin !== undefined) return true;
    if (isForeign) throw new Problem(403, `The request comes from a page of a foreign origin. ${hostRemedy}`);
    if (isCrossSite)
      throw new Problem(
        403,
        'The request comes from a page of another site. Set API_KEYS to allow such pages.',
      );
    return false;
  };
}

/** Throws 400 if a request has several Host headers (RFC 9112, section 3.2), because a proxy and Node may read different ones. */
export function assertOneHost({ raw: { rawHeaders } }: FastifyRequest): void {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) throw new Problem(400, 'The request must have one Host header.');
}

/** Returns the canonical host of `host[:port]`, or undefined if it is malformed. `127.1` and `2130706433` count as names. */
function hostOf(authority: string): string | undefined {
  const [, address, name] = /^(?:\[([\da-f:.]+)\]|([\w.~!$&'()*+,;=%-]+))(?::\d*)?$/i.exec(authority) ?? [];
  if (address === undefined) return name?.toLowerCase().replace(/\.$/, '');
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : undefined;
}

/** Returns the authority of an absolute URL in the request line, which overrides `Host` (RFC 9112, section 3.2.2). */
const targetAuthorityOf = (url = ''): string | undefined =>
  url.startsWith('/') || url === '*' ? undefined : (/^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '');

/** Returns whether the request opens a documentation page in a browser tab. Any site may link to these pages, which hold no data. */
function opensDocs({ method, url, headers }: FastifyRequest): boolean {
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return (
    isNavigation && (method === 'GET' || method === 'HEAD') && /^\/(?:docs(?:\/[^?]*)?)?(?:\?|$)/.test(url)
  );
}
