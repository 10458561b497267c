import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The origin of web pages, as browsers send it: scheme, host, and the port if it is not the default (RFC 6454, section 6.2). */
export type WebOrigin = Brand<string, 'WebOrigin'>;

const maxLength = 300;
const maxOrigins = 20;
const pattern =
  '^([a-z][a-z0-9+.-]*)://(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\\[[0-9a-f:.]+\\])(?::([1-9]\\d{0,4}))?$';
const originPattern = new RegExp(pattern);
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

export const WebOrigin = {
  /** The maximum length in characters: 300. */
  maxLength: maxLength as number,
  /** The maximum number of origins of one key: 20. */
  maxOrigins: maxOrigins as number,
  /** A JSON Schema pattern that every origin matches. */
  pattern: pattern as string,
  /** Parses an origin. Throws RuleBroken if a browser would not send it in this form. */
  parse(raw: unknown): WebOrigin {
    const [, scheme = '', port] =
      typeof raw === 'string' && raw.length <= maxLength ? (originPattern.exec(raw) ?? []) : [];
    if (scheme === '' || scheme === 'file')
      throw new RuleBroken(
        `must be an origin such as https://shop.example, of at most ${maxLength} characters: scheme, host in lower case, and port, without a path`,
      );
    if (port !== undefined && (port === defaultPorts[scheme] || Number(port) > 65_535))
      throw new RuleBroken(
        'must have a port from 1 to 65535, or none if it is the default port of the scheme',
      );
    return raw as WebOrigin;
  },
  /** Parses the origins of a key. Null and undefined mean no origins. Throws RuleBroken unless `raw` is a list without repeats. */
  parseList(raw: unknown): readonly WebOrigin[] {
    if (raw === null || raw === undefined) return [];
    if (!Array.isArray(raw) || raw.length > maxOrigins)
      throw new RuleBroken(`must be a list of at most ${maxOrigins} origins`);
    const origins = raw.map((each) => WebOrigin.parse(each));
    if (new Set(origins).size < origins.length) throw new RuleBroken('must not name an origin twice');
    return origins;
  },
  /** Converts a string from our own store to an origin, without validation. */
  trusted: (raw: string): WebOrigin => raw as WebOrigin,
};
