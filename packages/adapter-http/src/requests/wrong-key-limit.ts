import { isIP } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ReplaceError } from './error-handling.ts';
import { Problem } from './problem.ts';

const windowMs = 60_000;
// The addresses that are remembered. If there are more, the one that sent no wrong key for the longest time is forgotten.
const defaultLimits = { maxWrongKeys: 100, maxAddresses: 10_000 };

/** A 401 for a request with API keys of which none is valid. Requests without a key are no attempt to find one. */
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
      'Too many requests with API keys that are not valid came from this address. Requests with a valid key are not affected.',
      { headers: { 'retry-after': String(count.ttlInSeconds) } },
    );
  };
}

/** Returns the address of a client, or that of the proxy if the proxy names no address. The address is empty if the client is gone. */
function addressOf({ ip, socket }: FastifyRequest): string {
  const address: string | undefined = isIP(ip) === 0 ? socket.remoteAddress : ip;
  return address ?? '';
}
