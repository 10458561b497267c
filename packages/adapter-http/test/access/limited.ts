import type { LightMyRequestResponse } from 'fastify';
import { type Changed, type Service, service } from '../service.ts';
import { type KeyBody, makeKey, rootKey } from './key-requests.ts';

type Limits = Readonly<Record<string, number | null>>;

/** A service with a key of the project `shop` that has limits. */
export async function limitedKey(
  limits: Readonly<Record<string, number>>,
  options: Changed = {},
): Promise<{ readonly it: Service; readonly key: KeyBody; readonly withKey: Record<string, string> }> {
  const it = await service({ apiKeys: [rootKey], ...options });
  const key = await makeKey(it, { scopes: ['write', 'read', 'dead-letters'], project: 'shop', limits });
  return { it, key, withKey: { 'x-api-key': key.secret } };
}

/** Sets the limits of a project, as an operator does. */
export const limitProject = ({ app }: Service, project: string, limits: Limits | null, key = rootKey) =>
  app.inject({
    method: 'PUT',
    url: `/api/projects/${project}`,
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    payload: JSON.stringify({ limits }),
  });

/** Returns what a test compares of a response: the status, the time to wait, and what is left of each limit. */
export const limitsSeen = ({ statusCode, headers }: LightMyRequestResponse) => ({
  status: statusCode,
  retryAfter: headers['retry-after'],
  limit: headers['ratelimit'],
});
