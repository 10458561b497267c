import {
  type ActivityKey,
  ActivityKeyText,
  type ActivityRepository,
  type Cancellation,
  type StoredActivity,
} from '@user-activity/domain';
import { persist, type PersistDeps } from '../storing/persist.ts';
import type { MoveSource } from './move-data.ts';
import { allActivities, allProjects } from './source-pages.ts';

export interface ConfirmMoveDeps extends PersistDeps {
  readonly source: Pick<MoveSource, 'repository' | 'projects'>;
  readonly target: { readonly repository: Pick<ActivityRepository, 'findByIds'> };
  /** Called after each look at the target. `missing` are of the page that is looked at. */
  readonly onConfirmed: (confirmed: number, missing: number) => void;
}

/** The moved activities, as the store of the target has them. */
export interface ConfirmedMove {
  readonly equal: number;
  /** Activities whose ids the target has with another fact: at most 1,000 of them. */
  readonly different: readonly ActivityKey[];
}

const maxDifferent = 1000;

/** Waits until the store of the target has each activity of the source, and compares all of them. */
export type ConfirmMove = (signal: Cancellation) => Promise<ConfirmedMove>;

export const makeConfirmMove = (deps: ConfirmMoveDeps): ConfirmMove => {
  const { source, target, pause, onConfirmed } = deps;
  return async function confirmMove(signal) {
    let equal = 0;
    const different: ActivityKey[] = [];
    let confirmed = 0;
    for (const project of await allProjects(source.projects))
      for await (const page of allActivities(source.repository, project, undefined)) {
        let missing: readonly StoredActivity[] = page;
        for (let looks = 1; missing.length > 0; looks += 1) {
          const wanted = missing;
          const found = await persist(deps, signal, () => target.repository.findByIds(wanted));
          const stored = new Map(found.map((activity) => [ActivityKeyText.of(activity), activity]));
          for (const activity of wanted) {
            const other = stored.get(ActivityKeyText.of(activity));
            if (other?.compare(activity.toActivity()) === 'redelivered') equal += 1;
            else if (other !== undefined && different.length < maxDifferent) different.push(activity);
          }
          missing = wanted.filter((activity) => !stored.has(ActivityKeyText.of(activity)));
          confirmed += wanted.length - missing.length;
          onConfirmed(confirmed, missing.length);
          if (missing.length > 0) await pause(looks, signal);
        }
      }
    return { equal, different };
  };
};
