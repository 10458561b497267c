import { UuidIds } from '@user-activity/runner';

/** An activity as a client sends it, as far as the programs of the bench know it. */
export interface PlainDraft {
  readonly userId: string;
  readonly type: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly createdAt?: string;
}

/** A record of the topic with the same key, value and headers as a record of the service. */
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

export function plainRecord({ userId, type, metadata = {}, createdAt }: PlainDraft, now: Date): PlainRecord {
  const id = ids.next();
  const receivedAt = now.toISOString();
  const created = createdAt === undefined ? receivedAt : new Date(createdAt).toISOString();
  const upperType = type.toUpperCase();
  const json = JSON.stringify(metadata);
  // The metadata is written once, for the log and for the store.
  const ends = `,"metadata":${json},"createdAt":"${created}","receivedAt":"${receivedAt}"}`;
  return {
    id,
    key: userId,
    type: upperType,
    metadata: json,
    value: `{"id":"${id}","userId":${JSON.stringify(userId)},"type":${JSON.stringify(upperType)}${ends}`,
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

export const plainRecords = (drafts: readonly PlainDraft[]): PlainRecord[] => {
  const now = new Date();
  return drafts.map((draft) => plainRecord(draft, now));
};

/** The answer to a batch. */
export const receiptOf = (records: readonly PlainRecord[]) => ({
  accepted: records.length,
  rejected: [],
  ids: records.map(({ id }) => id),
});

/** Reads the drafts of a body with one JSON object per line. */
export const linesOf = (body: string): PlainDraft[] =>
  body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PlainDraft);
