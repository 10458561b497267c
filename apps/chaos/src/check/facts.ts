import { isDeepStrictEqual } from 'node:util';
import type { ActivityJson } from '@user-activity/domain';
import type { Draft } from '../load/ledger.ts';
import type { Evidence, LoggedRecord } from './evidence.ts';

/** The evidence by what it is about. A fact is told by its nonce. */
export class Facts {
  /** Of each fact what was sent, with an id or without. */
  readonly drafts: Map<string, Draft[]> = new Map();
  /** Of each fact where it lies on the log, in the order of the log. */
  readonly records: Map<string, LoggedRecord[]> = new Map();
  readonly stored: Map<string, ActivityJson> = new Map();

  constructor({ exchanges, records, stored }: Evidence) {
    for (const { drafts, isUnsound } of exchanges) {
      // What breaks a rule must not be anywhere.
      if (isUnsound === true) continue;
      for (const draft of drafts) append(this.drafts, draft.metadata.nonce, draft);
    }
    for (const record of records) {
      const nonce = nonceOf(record.activity);
      if (record.poison || record.activity === undefined || nonce === undefined) continue;
      append(this.records, nonce, record);
    }
    for (const activity of stored) this.stored.set(activity.id, activity);
  }

  /** Whether a client sent exactly this. */
  wasSent(activity: ActivityJson): 'sent' | 'changed' | 'foreign' {
    const drafts = this.drafts.get(nonceOf(activity) ?? '') ?? [];
    const own = drafts.filter(({ id }) => id === undefined || id === activity.id);
    if (own.length === 0) return 'foreign';
    return own.some((draft) => isSame(draft, activity)) ? 'sent' : 'changed';
  }

  /** Where the fact that is stored under an id lies at first. */
  firstOfStored(id: string): LoggedRecord | undefined {
    return this.records.get(nonceOf(this.stored.get(id)) ?? '')?.find(({ activity }) => activity?.id === id);
  }
}

/** The mark of the fact that an activity is. */
export function nonceOf(activity: ActivityJson | undefined): string | undefined {
  const nonce = activity?.metadata['nonce'];
  return typeof nonce === 'string' ? nonce : undefined;
}

/** Whether an activity is what a draft asked for. */
export const isSame = (draft: Draft, activity: ActivityJson): boolean =>
  draft.userId === activity.userId &&
  draft.type === activity.type &&
  (draft.createdAt ?? activity.receivedAt) === activity.createdAt &&
  isDeepStrictEqual(draft.metadata, activity.metadata);

/** Puts it at the end of the list of that key. */
export function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
