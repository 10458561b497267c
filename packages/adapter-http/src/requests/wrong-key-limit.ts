import { isIP } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ReplaceError } from './error-handling.ts';
import { Problem } from './problem.ts';

const windowMs = 60_000;
// A client's address is remembered with its wrong keys. Above `maxAddresses`, the address that has sent no wrong key for the longest time
// is forgotten.
const defaultLimits = { maxWrongKeys: 100, maxAddresses: 10_000 };

/** A 401 for a request whose API keys are all invalid. It counts as an attempt to guess a key, unlike a 401 for a request without a key. */
export class WrongKeyProblem extends Problem {}

/**
 * Makes a function that counts the wrong API keys from each address, and replaces a WrongKeyProblem by a 429 after 100 of them in a minute.
 * Keys are checked first, so that a valid key works however many wrong ones come from its address: a proxy or a network may hide many
 * clients behind one address. An IPv6 address counts as the network of 2^64 addresses that a client usually has.
 */
export async function wrongKeyLimit(
  app: FastifyInstance,
  { maxWrongKeys, maxAddresses } = defaultLimits,
): Promise<ReplaceError> {
  await app.register(rateLimit, {
    global: false,
    max: maxWrongKeys,
    timeWindow: windowMs,
    cache: maxAddresses,
    keyGenerator: (request) => rateLimit.normalizeIP(addressOf(request)),
  });
  const countWrongKey = app.createRateLimit();
  return async (error, request) => {
    if (!(error instanceof WrongKeyProblem)) return error;
    const count = await countWrongKey(request);
    if (count.isAllowed || !count.isExceeded) return error;
    return new Problem(
      429,
      'This address has sent too many invalid API keys. Requests with a valid key still work.',
      { headers: { 'retry-after': String(count.ttlInSeconds) } },
    );
  };
}

/** Returns the address of a client. If a proxy names no address, returns that of the proxy. The address is empty if the client is gone. */
function addressOf({ ip, socket }: FastifyRequest): string {
  const address: string | undefined = isIP(ip) === 0 ? socket.remoteAddress : ip;
  return address ?? '';
}
