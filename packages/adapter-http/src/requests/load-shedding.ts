import { metrics } from '@opentelemetry/api';
import underPressure from '@fastify/under-pressure';
import { DomainError } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';

// No single request may block the event loop for that long, so a mean delay above it comes from their number. A probe takes up to two
// delays, and orchestrators usually wait for a second.
const defaultMaxDelayMs = 500;

/**
 * Measures the event loop from now on. Returns a check that throws PROCESS_BUSY if the event loop was late by more than `maxDelayMs`
 * on average over the last second. Then the process has more work than it can do, and each further request would make all others wait
 * longer. Requests that have passed the check are finished. Health checks and `/metrics` always pass: nobody should replace a process
 * because it is busy, or lose sight of it.
 */
export async function loadShedding(
  app: FastifyInstance,
  maxDelayMs = defaultMaxDelayMs,
): Promise<(request: FastifyRequest) => void> {
  const shedRequests = metrics.getMeter('user-activity').createCounter('user_activity.http.shed_requests', {
    unit: '{request}',
    description: 'Requests refused because the event loop was late',
  });
  shedRequests.add(0);
  let isOverloaded = (): boolean => false;
  // The plugin adds a hook to its scope. This scope has no routes, so no request pays for the hook.
  await app.register(async (scope) => {
    await scope.register(underPressure, { maxEventLoopDelay: maxDelayMs });
    isOverloaded = () => scope.isUnderPressure();
  });
  return ({ routeOptions: { config } }) => {
    if (config.isHealthCheck === true || config.scope === 'metrics' || !isOverloaded()) return;
    shedRequests.add(1);
    throw new DomainError(
      'PROCESS_BUSY',
      'The service has more requests than it can answer. Try again later.',
    );
  };
}
