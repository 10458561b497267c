import {
  ActivityId,
  type ActivityState,
  ActivityType,
  type JsonObject,
  Metadata,
  ProjectId,
  Timestamp,
  UserActivity,
  UserId,
} from '@user-activity/domain';

/** Values of an activity that are not validated yet. A missing value gets a default. */
export interface SampleFields {
  readonly project?: ProjectId;
  readonly id?: string;
  readonly userId?: string;
  readonly type?: string;
  readonly metadata?: JsonObject;
  readonly createdAt?: string | number;
  readonly receivedAt?: string | number;
}

let samples = 0;

/** Makes an activity with the given values. By default its id is new. Throws if a value breaks a rule of the domain. */
export function sampleActivity(fields: SampleFields = {}): UserActivity {
  samples += 1;
  const receivedAt = fields.receivedAt ?? sampleTime;
  const state: ActivityState = {
    project: fields.project ?? ProjectId.default,
    id: ActivityId.parse(fields.id ?? `sample-${samples}`),
    userId: UserId.parse(fields.userId ?? 'user-1'),
    type: ActivityType.parse(fields.type ?? 'LOGIN'),
    metadata: Metadata.trusted(fields.metadata ?? {}),
    createdAt: moment(fields.createdAt ?? receivedAt),
    receivedAt: moment(receivedAt),
  };
  return UserActivity.rehydrate(state);
}

/** The default time of samples, in milliseconds since 1970. */
export const sampleTime = Date.parse('2026-01-02T03:04:05.678Z');

/** Makes activities that are a second apart, the earliest first. All have the values in `fields`. */
export function sampleActivities(count: number, fields: SampleFields = {}): UserActivity[] {
  return Array.from({ length: count }, (_, index) =>
    sampleActivity({ createdAt: sampleTime + index * 1000, ...fields }),
  );
}

/** Returns the ids of activities, in their order. */
export const idsOf = (activities: readonly Pick<UserActivity, 'id'>[]): string[] =>
  activities.map(({ id }) => id);

/**
 * Makes 2,200 activities for each of three users, a second apart. In every block of 50 activities of a user, the first and the last have the
 * step `rare`. So if a store reads a few blocks at a time, a rare activity is at both ends of what it reads. `first` is true for the first
 * 1,000 of `user-1`.
 */
export const activitiesWithRareSteps = (): UserActivity[] =>
  sampleActivities(6600).map(({ createdAt }, index) =>
    sampleActivity({
      userId: ['user-1', 'user-2', 'User-1'][index % 3] ?? '',
      type: Math.floor(index / 6) % 2 === 0 ? 'LOGIN' : 'LOGOUT',
      metadata: {
        step: [0, 49].includes(Math.floor(index / 3) % 50) ? 'rare' : 'common',
        first: index < 3000 && index % 3 === 0,
      },
      createdAt,
    }),
  );

/** Makes activities with keys that V8's `JSON.parse` confuses if it parses them in this order (nodejs/node#63785). */
export const confusableActivities = (): UserActivity[] =>
  ['\\', '\n', '"', '\\n', '\n1'].map((key) => sampleActivity({ metadata: { first: 1, [key]: 2 } }));

const moment = (value: string | number): Timestamp =>
  typeof value === 'number' ? Timestamp.fromMillis(value) : Timestamp.parse(value);
