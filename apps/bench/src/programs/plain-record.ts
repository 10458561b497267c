import { UuidIds } from '@user-activity/runner';

/** An activity as a client sends it, without the members that the bench does not use. */
export interface PlainDraft {
  readonly userId: string;
  readonly type: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly createdAt?: string;
}

/** A record with the same key, value and headers as the service writes to its topic. `id`, `type` and `metadata` are for a program that stores it. */
export interface PlainRecord {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  /** The metadata as JSON. */
  readonly metadata: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: number;
}

const ids = new UuidIds();

/** Makes the record of an activity that is received at the time `now`. */
export function makePlainRecord(
  { userId, type, metadata = {}, createdAt }: PlainDraft,
  now: Date,
): PlainRecord {
  const id = ids.next();
  const receivedAt = now.toISOString();
  const created = createdAt === undefined ? receivedAt : new Date(createdAt).toISOString();
  const upperType = type.toUpperCase();
  const json = JSON.stringify(metadata);
  // The metadata is encoded as JSON once, because both the log and the store need it.
  const end = `,"metadata":${json},"createdAt":"${created}","receivedAt":"${receivedAt}"}`;
  return {
    id,
    key: userId,
    type: upperType,
    metadata: json,
    value: `{"id":"${id}","userId":${JSON.stringify(userId)},"type":${JSON.stringify(upperType)}${end}`,
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: 'user-activity.logged.v1',
      ce_source: '/user-activity',
      ce_time: created,
      ce_subject: userId,
      'content-type': 'application/json',
    },
    timestamp: now.getTime(),
  };
}

/** Makes the records of activities that are received now. */
export const makePlainRecords = (drafts: readonly PlainDraft[]): PlainRecord[] => {
  const now = new Date();
  return drafts.map((draft) => makePlainRecord(draft, now));
};

/** Returns the body of the response to a batch. */
export const receiptOf = (records: readonly PlainRecord[]) => ({
  accepted: records.length,
  rejected: [],
  ids: records.map(({ id }) => id),
});

/** Parses a body in NDJSON, which has one JSON object per line. */
export const parseNdjson = (body: string): PlainDraft[] =>
  body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PlainDraft);
