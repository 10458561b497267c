import { DomainError, pointer, type QueryParameters } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

const wellFormed = /^(?:[^%]|%[0-9a-f]{2})*$/i;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The parameters of the URL (application/x-www-form-urlencoded), each with all its values. Throws 400 for a percent sign
 * that encodes nothing and for bytes that are no UTF-8, both of which would otherwise turn into other text silently.
 */
export function queryParameters(request: FastifyRequest): QueryParameters {
  const [, query = ''] = /\?(.*)$/s.exec(request.raw.url ?? '') ?? [];
  const parameters = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    const values = parameters.get(name);
    if (values === undefined) parameters.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(parameters);
}

/** For a route that takes none: a parameter that it would ignore is a mistake of the caller. */
export async function refuseParameters(request: FastifyRequest): Promise<void> {
  const names = Object.keys(queryParameters(request));
  if (names.length === 0) return;
  throw new DomainError('INVALID_QUERY', 'The query breaks a rule.', {
    violations: names.slice(0, 32).map((name) => ({
      path: pointer('', name),
      message: 'is not a known parameter',
    })),
  });
}

function decode(text: string): string {
  if (!wellFormed.test(text)) throw new Problem(400, 'The query string is not well percent-encoded.');
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  const bytes = Buffer.from(
    spaced.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new Problem(400, 'The query string is not UTF-8.');
  }
}
