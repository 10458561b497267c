import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** A 400 for a body with several JSON values instead of one. */
export class SeveralValuesProblem extends Problem {
  constructor(detail: string) {
    super(400, detail);
  }

  /** Returns a problem that also says how to send several values to the route of the request, if that is possible. */
  withRemedyFor({ route: { url = '' } }: FastifyRequest): Problem {
    const remedy = url.startsWith('/v1/') ? callsRemedy : remedies.get(url);
    return remedy === undefined
      ? this
      : new Problem(400, `The body holds several JSON values instead of one. ${remedy}`, { cause: this });
  }
}

const callsRemedy = 'Send several calls to POST /v1/batch, as {"batch": [...]}.';
const activitiesRemedy =
  'Send several activities to POST /api/logs/batch as application/x-ndjson: one on each line, without commas between them.';
const remedies: ReadonlyMap<string, string> = new Map([
  ['/api/logs', activitiesRemedy],
  ['/api/logs/batch', activitiesRemedy],
  ['/api/events', 'Send several events as one JSON array, as application/cloudevents-batch+json.'],
]);
