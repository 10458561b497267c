import { metrics } from '@opentelemetry/api';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

// No single request may block the event loop this long, so a longer mean delay means that there are too many requests. A health check takes
// up to two delays, and orchestrators usually wait for it for one second.
const defaultMaxDelayMs = 500;
// Long enough that one long pause, as on a machine without free CPU, hardly changes the mean.
const sampleMs = 3000;

/**
 * Measures the event loop. Returns a check that throws 503 if the event loop was late by more than `maxDelayMs` on average over 3 s. Then
 * the process has more work than it can do, and each further request would make all others wait longer. Requests that have passed the check
 * are finished. Health checks and `/metrics` always pass: an orchestrator must not replace a process because it is busy, and operators must
 * still get its metrics.
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
  // The delays of the start, and of the first requests, do not mean overload.
  const startEnd = performance.now() + 2 * sampleMs;
  // The plugin adds a hook to its scope. This scope has no routes, so no request pays for the hook.
  await app.register(async (scope) => {
    await scope.register(underPressure, { maxEventLoopDelay: maxDelayMs, sampleInterval: sampleMs });
    isOverloaded = () => scope.isUnderPressure();
  });
  return (request) => {
    if (!isOverloaded() || performance.now() < startEnd) return;
    const { config } = request.route;
    if (config.isHealthCheck === true || config.scope === 'metrics') return;
    shedRequests.add(1);
    throw new Problem(503, 'The service has more requests than it can answer. Try again later.', {
      headers: { 'retry-after': String(sampleMs / 1000) },
    });
  };
}
