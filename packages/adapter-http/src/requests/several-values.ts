import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** 400 for a body that holds several JSON values where one is due. The answer has the way out that the route has for them. */
export class SeveralValues extends Problem {
  constructor(detail: string) {
    super(400, detail);
  }

  /** As the answer of that request has it. */
  at({ routeOptions: { url = '' } }: FastifyRequest): Problem {
    const remedy = url.startsWith('/v1/') ? ofCalls : remedies.get(url);
    return remedy === undefined
      ? this
      : new Problem(400, `The body holds several JSON values where one is due. ${remedy}`, { cause: this });
  }
}

const ofCalls = 'Several calls go to POST /v1/batch, as {"batch": [...]}.';
const ofActivities =
  'Activities, one on each line without commas between them, are application/x-ndjson and go to POST /api/logs/batch.';
const remedies: ReadonlyMap<string, string> = new Map([
  ['/api/logs', ofActivities],
  ['/api/logs/batch', ofActivities],
  ['/api/events', 'Several events are one JSON array, as application/cloudevents-batch+json.'],
]);
