import { isDeepStrictEqual } from 'node:util';
import type { ActivityJson } from '@user-activity/domain';
import type { Draft } from '../load/ledger.ts';
import type { Evidence, LoggedRecord } from './evidence.ts';

/** The evidence, grouped by fact. A fact is an activity that a client made; its nonce identifies it, also if it is sent several times. */
export class FactIndex {
  /** The valid drafts of each fact, by nonce. Invalid drafts are omitted, because the service must not store them. */
  readonly drafts: ReadonlyMap<string, readonly Draft[]>;
  /** The records of each fact, by nonce. The records of a partition are ordered by offset. */
  readonly records: ReadonlyMap<string, readonly LoggedRecord[]>;
  /** The stored activities, by id. */
  readonly stored: ReadonlyMap<string, ActivityJson>;

  constructor({ exchanges, records, stored }: Evidence) {
    const valid = exchanges.filter(({ isInvalid = false }) => !isInvalid).flatMap(({ drafts }) => drafts);
    this.drafts = Map.groupBy(valid, ({ metadata }) => metadata.nonce);
    const ofFacts = records.filter(({ poison, activity }) => !poison && nonceOf(activity) !== undefined);
    this.records = Map.groupBy(ofFacts, ({ activity }) => nonceOf(activity) ?? '');
    this.stored = new Map(stored.map((activity) => [activity.id, activity]));
  }

  /** Returns `sent` if a client sent the activity with this content, `changed` if with other content, and `foreign` if no client sent it. */
  howSent(activity: ActivityJson): 'sent' | 'changed' | 'foreign' {
    const drafts = this.drafts.get(nonceOf(activity) ?? '') ?? [];
    const candidates = drafts.filter(({ id }) => id === undefined || id === activity.id);
    if (candidates.length === 0) return 'foreign';
    return candidates.some((draft) => isSameContent(draft, activity)) ? 'sent' : 'changed';
  }

  /** Finds the fact that is stored under the id, and returns its first record with this id. Returns undefined if there is no such record. */
  firstOfStored(id: string): LoggedRecord | undefined {
    return this.records.get(nonceOf(this.stored.get(id)) ?? '')?.find(({ activity }) => activity?.id === id);
  }
}

/** Returns the nonce of an activity. Returns undefined if the activity has no nonce. */
export function nonceOf(activity: ActivityJson | undefined): string | undefined {
  const nonce = activity?.metadata['nonce'];
  return typeof nonce === 'string' ? nonce : undefined;
}

/** Returns whether an activity has the same content as a draft. */
export const isSameContent = (draft: Draft, activity: ActivityJson): boolean =>
  draft.userId === activity.userId &&
  draft.type === activity.type &&
  (draft.createdAt ?? activity.receivedAt) === activity.createdAt &&
  isDeepStrictEqual(draft.metadata, activity.metadata);
