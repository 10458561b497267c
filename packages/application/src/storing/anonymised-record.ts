import {
  activityLogged,
  type LogRecord,
  type ProjectId,
  type RawRecord,
  type UserId,
} from '@user-activity/domain';

/** Replaces the user ids of anonymised activities. */
export interface Anonymiser {
  /** Returns the replacement of a user id: always the same one, and a different one for each user. */
  replace(project: ProjectId, userId: UserId): UserId;
  /** Encodes a text in UTF-8. */
  encode(text: string): Uint8Array;
}

const subjectHeader = 'ce_subject';

/** The headers that an anonymised record keeps. Any other header may name the user, because other producers may add headers. */
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

/** Caches the anonymised record of each delivered record, and maps each anonymised record back to the delivered one. */
const anonymisedRecords = new WeakMap<LogRecord, LogRecord>();
const deliveredRecords = new WeakMap<LogRecord, LogRecord>();

/**
 * Returns the delivered record from which an anonymised record was made. The delivered record is the same in all attempts to store it, although
 * an early attempt may not anonymise it yet. Returns a record that is not anonymised unchanged.
 */
export const deliveredRecord = (record: LogRecord): LogRecord => deliveredRecords.get(record) ?? record;

/**
 * Returns an anonymised copy of a record. In the copy, a replacement stands for the user of the activity, and there is no metadata. The
 * bytes of the copy are anonymised too. Returns undefined if the record has no activity.
 */
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
