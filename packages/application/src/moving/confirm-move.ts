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
  /** Called after each look at the target. `missing` are of the page that is looked at. */
  readonly onConfirmed: (confirmed: number, missing: number) => void;
}

/** Some activities: their number, and the first 100 of them. */
export interface SomeActivities {
  readonly count: number;
  readonly first: readonly ActivityKey[];
}

/** The moved activities, as the store of the target has them. */
export interface ConfirmedMove {
  /** The number of activities that are the same fact. */
  readonly equal: number;
  /** The target has another fact under their ids. */
  readonly different: SomeActivities;
  /** The target did not store them while the move waited: it has erased or refused them, or no consumer runs. */
  readonly missing: SomeActivities;
}

/** Waits until the store of the target has each activity of the source, and compares all of them. Stops waiting if nothing comes any more. */
export type ConfirmMove = (signal: Cancellation) => Promise<ConfirmedMove>;

// With the pauses of the back-off, about five minutes.
const maxVainLooks = 75;

export const makeConfirmMove = ({ source, target, onConfirmed, ...deps }: ConfirmMoveDeps): ConfirmMove =>
  async function confirmMove(signal) {
    let [equal, confirmed, vainLooks] = [0, 0, 0];
    const [different, missing] = [new Found(), new Found()];
    for (const project of await allProjects(source.projects))
      for await (const page of activityPages(source.repository, project, undefined)) {
        let wanted: readonly StoredActivity[] = page;
        for (let looks = 1; ; looks += 1) {
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
          vainLooks = stored.size > 0 ? 0 : vainLooks + 1;
          if (wanted.length === 0 || vainLooks > maxVainLooks) break;
          await deps.pause(looks, signal);
        }
        for (const activity of wanted) missing.add(activity);
      }
    return { equal, different, missing };
  };

class Found implements SomeActivities {
  count = 0;
  readonly first: ActivityKey[] = [];

  add({ project, id }: ActivityKey): void {
    this.count += 1;
    if (this.first.length < maxFirst) this.first.push({ project, id });
  }
}

const maxFirst = 100;
