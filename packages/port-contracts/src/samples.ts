import {
  ActivityId,
  type ActivityState,
  ActivityType,
  type JsonObject,
  Metadata,
  Timestamp,
  UserActivity,
  UserId,
} from '@user-activity/domain';

/** What a sample may be given as plain values; the rest is filled in. */
export interface SampleFields {
  readonly id?: string;
  readonly userId?: string;
  readonly type?: string;
  readonly metadata?: JsonObject;
  readonly createdAt?: string | number;
  readonly receivedAt?: string | number;
}

let made = 0;

/** An activity with the given values, by the domain's own rules; its id is a new one where none is given. */
export function sampleActivity(fields: SampleFields = {}): UserActivity {
  made += 1;
  const receivedAt = fields.receivedAt ?? '2026-01-02T03:04:05.678Z';
  const state: ActivityState = {
    id: ActivityId.parse(fields.id ?? `sample-${made}`),
    userId: UserId.parse(fields.userId ?? 'user-1'),
    type: ActivityType.parse(fields.type ?? 'LOGIN'),
    metadata: Metadata.trusted(fields.metadata ?? {}),
    createdAt: moment(fields.createdAt ?? receivedAt),
    receivedAt: moment(receivedAt),
  };
  return UserActivity.rehydrate(state);
}

/** So many activities of one user, a second apart, in the order of their times. */
export function sampleActivities(count: number, fields: SampleFields = {}): UserActivity[] {
  const start = Date.parse('2026-01-02T03:04:05.678Z');
  return Array.from({ length: count }, (_, index) =>
    sampleActivity({ createdAt: start + index * 1000, ...fields }),
  );
}

/** Keys that V8's `JSON.parse` takes for one another (nodejs/node#63785): read in this order, the later for the first. */
export const confusableActivities = (): UserActivity[] =>
  ['\\', '\n', '"', '\\n', '\n1'].map((key) => sampleActivity({ metadata: { first: 1, [key]: 2 } }));

const moment = (value: string | number): Timestamp =>
  typeof value === 'number' ? Timestamp.fromMillis(value) : Timestamp.parse(value);
