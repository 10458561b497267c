import { isDeepStrictEqual } from 'node:util';
import type { ActivityJson } from '@user-activity/domain';
import type { Draft } from '../load/ledger.ts';
import type { Evidence, LoggedRecord } from './evidence.ts';

/** The evidence, grouped by fact. Each fact has its own nonce. */
export class Facts {
  /** The valid drafts of each fact that clients sent, with or without an id. The service must not store invalid drafts. */
  readonly drafts: ReadonlyMap<string, readonly Draft[]>;
  /** The records of each fact, in the order of the log. */
  readonly records: ReadonlyMap<string, readonly LoggedRecord[]>;
  readonly stored: ReadonlyMap<string, ActivityJson>;

  constructor({ exchanges, records, stored }: Evidence) {
    const valid = exchanges.filter(({ isInvalid = false }) => !isInvalid).flatMap(({ drafts }) => drafts);
    this.drafts = Map.groupBy(valid, ({ metadata }) => metadata.nonce);
    const ofFacts = records.filter(({ poison, activity }) => !poison && nonceOf(activity) !== undefined);
    this.records = Map.groupBy(ofFacts, ({ activity }) => nonceOf(activity) ?? '');
    this.stored = new Map(stored.map((activity) => [activity.id, activity]));
  }

  /** Returns whether a client sent the activity: with this content (`sent`), with other content (`changed`), or not at all (`foreign`). */
  wasSent(activity: ActivityJson): 'sent' | 'changed' | 'foreign' {
    const drafts = this.drafts.get(nonceOf(activity) ?? '') ?? [];
    const candidates = drafts.filter(({ id }) => id === undefined || id === activity.id);
    if (candidates.length === 0) return 'foreign';
    return candidates.some((draft) => isSame(draft, activity)) ? 'sent' : 'changed';
  }

  /** Returns the first record of the fact that is stored under the id; undefined if there is none. */
  firstOfStored(id: string): LoggedRecord | undefined {
    return this.records.get(nonceOf(this.stored.get(id)) ?? '')?.find(({ activity }) => activity?.id === id);
  }
}

/** Returns the nonce of an activity; undefined if it has none. */
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
