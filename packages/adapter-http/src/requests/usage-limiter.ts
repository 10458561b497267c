import { type Counter, metrics } from '@opentelemetry/api';
import type { FindUsage, RateName, RateState } from '@user-activity/application';
import { Principal, UsageLimits } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { RequestUsage } from './request-usage.ts';
import type { RouteScope } from './authorization.ts';

/**
 * The limits that apply to routes, by their scope. Routes that manage keys and projects have none, so that an administrator can always
 * change a limit. `/metrics` has none either, so that a process can be observed while a limit is reached.
 */
const limitsByScope: Readonly<Partial<Record<RouteScope, readonly RateName[]>>> = {
  write: ['itemsPerSecond', 'bytesPerSecond'],
  read: ['answerBytesPerSecond', 'searchMsPerSecond'],
  'dead-letters': ['answerBytesPerSecond', 'searchMsPerSecond'],
};

/** Refuses requests that are beyond the limits of their key or project, and counts the refusals. */
export class UsageLimiter {
  readonly #findUsage: FindUsage;
  readonly #refusals: Counter;

  constructor(findUsage: FindUsage) {
    this.#findUsage = findUsage;
    this.#refusals = metrics.getMeter('user-activity').createCounter('user_activity.http.limited', {
      unit: '{request}',
      description: 'Requests refused with 429, by the limit that a key or a project had reached',
    });
    // Begins at 0, so that an alert sees the first refusal.
    for (const name of UsageLimits.rates)
      for (const owner of ['key', 'project'] as const) this.#countRefusals(0, { owner, name });
  }

  /**
   * Begins to count what a request uses. Throws 429 if a limit is reached. Does nothing if the key may be in the body, which is not read
   * yet.
   */
  begin(request: FastifyRequest): void {
    const { headers, principal, route } = request;
    if (route.config.keyInBody === true && principal === Principal.anonymous) return;
    const length = Number(headers['content-length'] ?? 0);
    // A larger body is refused before it is read.
    this.#begin(request)?.expectBody(length <= route.bodyLimit ? length : 0);
  }

  /** Begins to count what a request uses, after its body was read to find its key. Throws 429 if a limit is reached. */
  beginAfterBody(request: FastifyRequest, bodyBytes: number): void {
    if (request.usage === undefined) this.#begin(request)?.countBody(bodyBytes);
  }

  #begin(request: FastifyRequest): RequestUsage | undefined {
    const { method, principal, project, route } = request;
    const limits = limitsByScope[route.config.scope ?? 'any'];
    // The handshake of a web hook logs nothing.
    const usage =
      limits === undefined || method === 'OPTIONS' ? undefined : this.#findUsage(principal, project);
    if (limits === undefined || usage === undefined) return undefined;
    const isWrite = route.config.scope === 'write';
    request.usage = new RequestUsage(usage, {
      limits,
      consequence: isWrite ? 'Nothing was stored. ' : '',
      onRefusal: (state) => this.#countRefusals(1, state),
    });
    request.usage.assertRoom();
    return request.usage;
  }

  #countRefusals(count: number, { owner, name }: Pick<RateState, 'owner' | 'name'>): void {
    this.#refusals.add(count, { 'user_activity.owner': owner, 'user_activity.limit': name });
  }
}
