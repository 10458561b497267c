import {
  activityLogged,
  type LogRecord,
  type ProjectId,
  type RawRecord,
  type UserId,
} from '@user-activity/domain';

/** Replaces users in anonymised activities. */
export interface Anonymiser {
  /** Returns the replacement of a user: always the same, and another one than that of any other user. */
  replace(project: ProjectId, userId: UserId): UserId;
  /** Encodes in UTF-8. */
  encode(text: string): Uint8Array;
}

const subjectHeader = 'ce_subject';

/** The headers of the service that do not name the user. Another producer may have named the user in any other header. */
const namelessHeaders = [
  'ce_specversion',
  'ce_id',
  'ce_type',
  'ce_source',
  'ce_time',
  'ce_project',
  'content-type',
  'traceparent',
] as const;

/** The anonymised record of each delivered record, and the delivered record of each anonymised one. */
const anonymisedRecords = new WeakMap<LogRecord, LogRecord>();
const deliveredRecords = new WeakMap<LogRecord, LogRecord>();

/** Returns the record as it was delivered. Attempts are counted by it, because an early attempt may not anonymise the record yet. */
export const deliveredRecord = (record: LogRecord): LogRecord => deliveredRecords.get(record) ?? record;

/** Returns a record of an activity without its user and its metadata, also in its bytes. Returns undefined for a record that can't be read. */
export function anonymisedRecord(record: LogRecord, anonymiser: Anonymiser): LogRecord | undefined {
  const { content } = record;
  if (content.name !== 'ActivityLogged') return undefined;
  const known = anonymisedRecords.get(record);
  if (known !== undefined) return known;
  const { project, userId } = content.activity;
  const replacement = anonymiser.replace(project, userId);
  const activity = content.activity.anonymised(replacement);
  const anonymised: LogRecord = {
    ...record,
    content: activityLogged(activity),
    raw: () => ({
      key: anonymiser.encode(replacement),
      value: anonymiser.encode(activity.toText()),
      headers: headersFor(anonymiser.encode(replacement), record.raw()),
    }),
  };
  anonymisedRecords.set(record, anonymised);
  deliveredRecords.set(anonymised, deliveredRecord(record));
  return anonymised;
}

function headersFor(subject: Uint8Array, { headers }: RawRecord): RawRecord['headers'] {
  const kept = namelessHeaders.flatMap((name) => {
    const values = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return values === undefined ? [] : [[name, values] as const];
  });
  const subjects = Object.hasOwn(headers, subjectHeader) ? [[subjectHeader, [subject]] as const] : [];
  return Object.fromEntries([...kept, ...subjects]);
}
