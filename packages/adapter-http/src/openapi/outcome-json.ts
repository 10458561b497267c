import type { ActivityOutcome, ActivityStatus } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { namedSchema } from './component-schemas.ts';
import { exampleId, headerSchema, problemContent, storedIdSchema } from './schemas.ts';

/** The HTTP status of the response with each outcome, and what the outcome means, for the documentation. */
export const responseByOutcome = {
  stored: { status: 201, meaning: 'The activity is stored. `Location` is its path.' },
  duplicate: { status: 200, meaning: 'The same fact was already stored under the id of the activity.' },
  accepted: {
    status: 202,
    meaning:
      'The log holds the activity, and its outcome is not known yet. `Location` is its path once it is stored.',
  },
  conflict: {
    status: 409,
    meaning: 'Another fact is stored under the id of the activity. The new activity became a dead letter.',
  },
  erased: {
    status: 410,
    meaning: 'The project or the user of the activity was erased after the service received it.',
  },
  dead_lettered: {
    status: 422,
    meaning:
      'The body breaks a rule (the response is a problem), or the activity could not be stored (the response is an outcome).',
  },
} satisfies Record<ActivityOutcome, { status: number; meaning: string }>;

function idWithStatus<Status extends string>(name: string, meanings: Readonly<Record<Status, unknown>>) {
  const statuses = Object.keys(meanings);
  const status = Type.Unsafe<Status>(Type.String({ enum: statuses, examples: statuses.slice(0, 1) }));
  return namedSchema(name, Type.Object({ id: storedIdSchema, status }));
}

const statusMeanings: Record<ActivityStatus, string> = {
  stored: 'an activity is stored under the id',
  dead_lettered: 'nothing is stored under the id, and a dead letter names it',
  unknown:
    'neither an activity nor a dead letter has the id: an activity with the id may still wait on the log, or was never accepted',
};

/** The meaning of each status of an activity, in Markdown. */
export const statusDescription = Object.entries(statusMeanings)
  .map(([status, meaning]) => `\`${status}\`: ${meaning}`)
  .join('; ');

export const statusSchema = idWithStatus('ActivityStatus', statusMeanings);

export const locationHeaderSchema = {
  Location: headerSchema(
    'The path of the activity once it is stored, percent-encoded (RFC 9110, section 10.2.2).',
    `/api/logs/${exampleId}`,
  ),
};
const waitHeader = {
  'Preference-Applied': headerSchema(
    'The maximum wait in seconds that the service applied, if the request has `Prefer: wait`.',
    'wait=10',
  ),
};

const outcomeSchema = idWithStatus('Outcome', responseByOutcome);

/** The response schemas by HTTP status of a route that returns an outcome. */
export const outcomeResponseSchemas = Object.fromEntries(
  Object.entries(responseByOutcome).map(([outcome, { status, meaning }]) => {
    const schema = { ...outcomeSchema, examples: [{ id: exampleId, status: outcome }] };
    const content = { ...problemContent, 'application/json': { schema } };
    const headers = { ...(status === 201 || status === 202 ? locationHeaderSchema : {}), ...waitHeader };
    // Fastify serializes faster without content types in the schema. Only 422 has two content types.
    const responseSchema =
      status === 422 ? { description: meaning, content } : { ...schema, 'x-response-description': meaning };
    return [status, Type.Unsafe<unknown>({ ...responseSchema, headers })];
  }),
);
