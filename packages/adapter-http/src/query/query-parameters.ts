import { assertValidQuery, pointer, RuleBroken } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueryParameters } from './parameter-reader.ts';
import { percentDecode } from './percent-decoded.ts';
import { Problem } from '../requests/problem.ts';

/** Returns all query parameters of the URL. Throws 400 for an invalid encoding. */
export function parseQueryParameters(request: FastifyRequest): QueryParameters {
  const [, query = ''] = /\?(.*)$/s.exec(request.raw.url ?? '') ?? [];
  const parameters = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const [name = '', ...parts] = pair.split('=').map(decodeQueryText);
    const values = parameters.get(name) ?? [];
    values.push(parts.join('='));
    parameters.set(name, values);
  }
  return Object.fromEntries(parameters);
}

/**
 * A hook `onRequest` for routes without query parameters. Throws INVALID_QUERY if the URL has any, because an ignored parameter would hide
 * a mistake.
 */
export function refuseParameters(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (request.raw.url?.includes('?') === true) assertNoParameters(request);
  done();
}

function assertNoParameters(request: FastifyRequest): void {
  const names = Object.keys(parseQueryParameters(request));
  const message = 'is not a known parameter: this route takes none';
  assertValidQuery(names.slice(0, 32).map((name) => ({ path: pointer('', name), message })));
}

function decodeQueryText(text: string): string {
  try {
    return percentDecode(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof RuleBroken) throw new Problem(400, `The query string ${error.message}.`);
    throw error;
  }
}
