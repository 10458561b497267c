import { KeyId } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

// Matches a parameter whose name is one under which clients send keys, or whose value begins as a secret does.
const keyPattern = new RegExp(
  `[?&](?:(?:write|api)[-_]?key|access[-_]?token)=|=${KeyId.secretPrefix}[0-9a-f]{16}_`,
  'i',
);

/** Throws 400 if the query of the URL has an API key, whether or not the key is valid, because proxies and browsers log URLs. */
export function assertNoKeyInQuery({ raw: { url = '' } }: Pick<FastifyRequest, 'raw'>): void {
  const start = url.indexOf('?');
  if (start >= 0 && keyPattern.test(url.slice(start))) throw keyInUrlProblem();
}

/**
 * Returns the values of `writeKey` in the query, and removes the query from the URL, so that nothing can log the key later. Throws 400 if
 * another parameter has a key.
 */
export function takeKeysInQuery({ raw }: Pick<FastifyRequest, 'raw'>): readonly string[] {
  const { url = '' } = raw;
  const start = url.indexOf('?');
  if (start < 0) return [];
  raw.url = url.slice(0, start);
  const parameters = new URLSearchParams(url.slice(start));
  const keys = parameters.getAll('writeKey');
  parameters.delete('writeKey');
  if (keyPattern.test(`?${parameters.toString()}`)) throw keyInUrlProblem();
  return keys;
}

export const keyInUrlProblem = (): Problem =>
  new Problem(
    400,
    'The URL has an API key, and URLs end up in logs. Send the key as a Bearer token, in X-Api-Key, or as Basic user name. Replace the key that was in the URL.',
  );
