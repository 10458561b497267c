import type { ActivityOutcome, ActivityStatus } from '@user-activity/domain';
import { type TObject, type TString, type TUnsafe, Type } from '@sinclair/typebox';
import { named } from './component-schemas.ts';
import { problemContent, StoredIdText } from './schemas.ts';

/** How each outcome is answered, and what that means. The first fact of an id is made; a later one is there, or in its way. */
export const outcomeAnswers: Readonly<
  Record<ActivityOutcome, { readonly status: number; readonly meaning: string }>
> = {
  stored: { status: 201, meaning: 'It is stored. `Location` is where.' },
  duplicate: { status: 200, meaning: 'The same fact was stored under its id already.' },
  accepted: {
    status: 202,
    meaning: 'The log holds it, and nothing else is known yet. `Location` is where it will be.',
  },
  conflict: { status: 409, meaning: 'Its id holds another fact, which stays. This one is a dead letter.' },
  erased: { status: 410, meaning: 'Its user was erased.' },
  dead_lettered: {
    status: 422,
    meaning:
      'The body breaks a rule: a problem, every violation with its path. Or, by its status, it could not be stored.',
  },
};

type TStatus<Status extends string> = TObject<{ id: TString; status: TUnsafe<Status> }>;

const idWithStatus = <Status extends string>(
  name: string,
  meanings: Readonly<Record<Status, unknown>>,
): TStatus<Status> =>
  named(
    name,
    Type.Object({
      id: StoredIdText,
      status: Type.Unsafe<Status>(
        Type.String({ enum: Object.keys(meanings), examples: Object.keys(meanings).slice(0, 1) }),
      ),
    }),
  );

/** The meaning of each status of an id. */
const statusMeanings: Readonly<Record<ActivityStatus, string>> = {
  stored: 'an activity is stored under the id',
  dead_lettered: 'none is, and a dead letter names the id',
  unknown: 'neither: it was never accepted, or waits on the log',
};

/** Every status with its meaning, for the documentation. */
export const statusDescription: string = Object.entries(statusMeanings)
  .map(([status, meaning]) => `\`${status}\`: ${meaning}`)
  .join('; ');

/** An id and its status. */
export const StatusJson: TStatus<ActivityStatus> = idWithStatus('ActivityStatus', statusMeanings);

/** The header `Location`, for the documentation. */
export const location: Readonly<Record<'Location', object>> = {
  Location: {
    type: 'string',
    description: 'Where it is, or will be, percent-encoded (RFC 9110, section 10.2.2).',
    examples: ['/api/logs/0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10'],
  },
};
const applied = {
  'Preference-Applied': {
    type: 'string',
    description: 'Where the request preferred to wait, the seconds that count.',
    examples: ['wait=10'],
  },
};

const OutcomeJson: TStatus<ActivityOutcome> = idWithStatus('Outcome', outcomeAnswers);

/** The answers that tell an outcome, by their status, for the documentation. */
export const outcomeSchemas: Readonly<Record<string, TUnsafe<unknown>>> = Object.fromEntries(
  Object.entries(outcomeAnswers).map(([outcome, { status, meaning }]) => {
    const examples = [{ id: '0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10', status: outcome }];
    const schema = { ...OutcomeJson, examples };
    const content = { ...problemContent, 'application/json': { schema } };
    const headers = { ...(status === 201 || status === 202 ? location : {}), ...applied };
    // With its content named, an answer takes Fastify longer.
    const answer =
      status === 422 ? { description: meaning, content } : { ...schema, 'x-response-description': meaning };
    return [status, Type.Unsafe<unknown>({ ...answer, headers })];
  }),
);
