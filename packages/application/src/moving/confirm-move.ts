import {
  type ActivityKey,
  ActivityKeyText,
  type ActivityRepository,
  type Cancellation,
  type StoredActivity,
} from '@user-activity/domain';
import { persist, type PersistDeps } from '../storing/persist.ts';
import type { MoveSource } from './move-data.ts';
import { activityPages, allProjects } from './source-pages.ts';

export interface ConfirmMoveDeps extends PersistDeps {
  readonly source: Pick<MoveSource, 'repository' | 'projects'>;
  readonly target: { readonly repository: Pick<ActivityRepository, 'findByIds'> };
  /**
   * Called after each query of the target. `confirmed` is the number of activities found so far. `missing` is the number of activities on the
   * current page that are not found yet.
   */
  readonly onConfirmed: (confirmed: number, missing: number) => void;
}

/** A set of activities: their number, and the keys of the first 100. */
export interface ActivitySample {
  readonly count: number;
  readonly first: readonly ActivityKey[];
}

/** The result of comparing the activities of the source with those of the target. */
export interface ConfirmedMove {
  /** The number of activities that source and target both have, with the same content. */
  readonly equal: number;
  /** The activities that have other content in the target. */
  readonly different: ActivitySample;
  /** The activities that the target had not stored in time: it has erased or refused them, or no consumer runs. */
  readonly missing: ActivitySample;
}

/**
 * Waits until the store of the target has each activity of the source, and compares them. Counts activities as missing if none arrives in
 * the target for about five minutes.
 */
export type ConfirmMove = (signal: Cancellation) => Promise<ConfirmedMove>;

// The maximum number of consecutive queries that find nothing new. With the pauses of the back-off, that takes about five minutes.
const maxVainQueries = 75;

export const makeConfirmMove = ({ source, target, onConfirmed, ...deps }: ConfirmMoveDeps): ConfirmMove =>
  async function confirmMove(signal) {
    let [equal, confirmed, vainQueries] = [0, 0, 0];
    const [different, missing] = [new ActivityCounter(), new ActivityCounter()];
    for (const project of await allProjects(source.projects))
      for await (const page of activityPages(source.repository, project, undefined)) {
        let wanted: readonly StoredActivity[] = page;
        for (let queries = 1; ; queries += 1) {
          const found = await persist(deps, signal, () => target.repository.findByIds(wanted));
          const stored = new Map(found.map((activity) => [ActivityKeyText.of(activity), activity]));
          for (const activity of wanted) {
            const comparison = stored.get(ActivityKeyText.of(activity))?.compare(activity.toActivity());
            if (comparison === 'conflict') different.add(activity);
            else if (comparison !== undefined) equal += 1;
          }
          wanted = wanted.filter((activity) => !stored.has(ActivityKeyText.of(activity)));
          confirmed += stored.size;
          onConfirmed(confirmed, wanted.length);
          vainQueries = stored.size > 0 ? 0 : vainQueries + 1;
          if (wanted.length === 0 || vainQueries > maxVainQueries) break;
          await deps.pause(queries, signal);
        }
        for (const activity of wanted) missing.add(activity);
      }
    return { equal, different, missing };
  };

class ActivityCounter implements ActivitySample {
  count = 0;
  readonly first: ActivityKey[] = [];

  add({ project, id }: ActivityKey): void {
    this.count += 1;
    if (this.first.length < maxFirst) this.first.push({ project, id });
  }
}

const maxFirst = 100;
