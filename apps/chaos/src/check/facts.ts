import { isDeepStrictEqual } from 'node:util';
import type { ActivityJson } from '@user-activity/domain';
import type { Draft } from '../load/ledger.ts';
import type { Evidence, LoggedRecord } from './evidence.ts';

/** The evidence, grouped by fact. Each fact has its own nonce. */
export class Facts {
  /** The drafts of each fact that clients sent, with or without an id. */
  readonly drafts: Map<string, Draft[]> = new Map();
  /** The records of each fact, in the order of the log. */
  readonly records: Map<string, LoggedRecord[]> = new Map();
  readonly stored: Map<string, ActivityJson> = new Map();

  constructor({ exchanges, records, stored }: Evidence) {
    for (const { drafts, isInvalid } of exchanges) {
      // An activity that breaks a rule must not be stored, so it is not a fact.
      if (isInvalid === true) continue;
      for (const draft of drafts) append(this.drafts, draft.metadata.nonce, draft);
    }
    for (const record of records) {
      const nonce = nonceOf(record.activity);
      if (record.poison || record.activity === undefined || nonce === undefined) continue;
      append(this.records, nonce, record);
    }
    for (const activity of stored) this.stored.set(activity.id, activity);
  }

  /** Returns whether a client sent the activity: as it is, with other content, or not at all. */
  wasSent(activity: ActivityJson): 'sent' | 'changed' | 'foreign' {
    const drafts = this.drafts.get(nonceOf(activity) ?? '') ?? [];
    const candidates = drafts.filter(({ id }) => id === undefined || id === activity.id);
    if (candidates.length === 0) return 'foreign';
    return candidates.some((draft) => isSame(draft, activity)) ? 'sent' : 'changed';
  }

  /** Returns the first record of the fact that is stored under an id. */
  firstOfStored(id: string): LoggedRecord | undefined {
    return this.records.get(nonceOf(this.stored.get(id)) ?? '')?.find(({ activity }) => activity?.id === id);
  }
}

/** Returns the nonce of an activity's fact. */
export function nonceOf(activity: ActivityJson | undefined): string | undefined {
  const nonce = activity?.metadata['nonce'];
  return typeof nonce === 'string' ? nonce : undefined;
}

/** Returns whether an activity has the content of a draft. */
export const isSame = (draft: Draft, activity: ActivityJson): boolean =>
  draft.userId === activity.userId &&
  draft.type === activity.type &&
  (draft.createdAt ?? activity.receivedAt) === activity.createdAt &&
  isDeepStrictEqual(draft.metadata, activity.metadata);

/** Adds a value to the list of a key. */
export function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
