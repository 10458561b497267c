import type { ActivityOutcome, ActivityStatus } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { named } from './component-schemas.ts';
import { headerText, problemContent, StoredIdText } from './schemas.ts';

/** The HTTP status of each outcome, and its description. */
export const outcomeAnswers = {
  stored: { status: 201, meaning: 'It is stored. `Location` is its path.' },
  duplicate: { status: 200, meaning: 'The same fact was already stored under its id.' },
  accepted: {
    status: 202,
    meaning: 'The log holds it; the outcome is not known yet. `Location` is its path once it is stored.',
  },
  conflict: { status: 409, meaning: 'Its id holds another fact, which stays. This one is a dead letter.' },
  erased: { status: 410, meaning: 'Its user was erased.' },
  dead_lettered: {
    status: 422,
    meaning:
      'A problem if the body breaks rules, with the path of every violation. An outcome if the activity could not be stored.',
  },
} satisfies Record<ActivityOutcome, { status: number; meaning: string }>;

const idWithStatus = <Status extends string>(name: string, meanings: Readonly<Record<Status, unknown>>) =>
  named(
    name,
    Type.Object({
      id: StoredIdText,
      status: Type.Unsafe<Status>(
        Type.String({ enum: Object.keys(meanings), examples: Object.keys(meanings).slice(0, 1) }),
      ),
    }),
  );

const statusMeanings: Record<ActivityStatus, string> = {
  stored: 'an activity is stored under the id',
  dead_lettered: 'nothing is stored under the id, and a dead letter names it',
  unknown: 'neither: it was never accepted, or is still waiting on the log',
};

export const statusDescription = Object.entries(statusMeanings)
  .map(([status, meaning]) => `\`${status}\`: ${meaning}`)
  .join('; ');

export const StatusJson = idWithStatus('ActivityStatus', statusMeanings);

export const location = {
  Location: headerText(
    'The path of the activity once it is stored, percent-encoded (RFC 9110, section 10.2.2).',
    '/api/logs/0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10',
  ),
};
const waitHeader = {
  'Preference-Applied': headerText(
    'The seconds that the service was ready to wait, if the request preferred to wait.',
    'wait=10',
  ),
};

const OutcomeJson = idWithStatus('Outcome', outcomeAnswers);

/** The schemas of the answers with an outcome, by HTTP status, for the documentation. */
export const outcomeSchemas = Object.fromEntries(
  Object.entries(outcomeAnswers).map(([outcome, { status, meaning }]) => {
    const examples = [{ id: '0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10', status: outcome }];
    const schema = { ...OutcomeJson, examples };
    const content = { ...problemContent, 'application/json': { schema } };
    const headers = { ...(status === 201 || status === 202 ? location : {}), ...waitHeader };
    // Fastify serializes faster if a schema names no content types. Only 422 needs them, as it has two.
    const responseSchema =
      status === 422 ? { description: meaning, content } : { ...schema, 'x-response-description': meaning };
    return [status, Type.Unsafe<unknown>({ ...responseSchema, headers })];
  }),
);
