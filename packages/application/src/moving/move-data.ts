import {
  ActivityFilter,
  type ActivityRepository,
  type Cancellation,
  type Clock,
  type DeadLetterQueue,
  type DeadLetterRepository,
  type ErasureLedger,
  type EventPublisher,
  type KeyRepository,
  type LogId,
  type Origin,
  type OriginalRecord,
  type Position,
  type ProjectId,
  type ProjectRepository,
  QualifiedTopic,
  type RawRecord,
  type StoredActivity,
} from '@user-activity/domain';
import { persist, type PersistDeps } from '../storing/persist.ts';
import { activityPages, allErasures, allLetters, allProjects } from './source-pages.ts';

/** The data of the deployment to move from. Nothing may change it during a move. */
export interface MoveSource {
  readonly repository: Pick<ActivityRepository, 'find' | 'count'>;
  readonly deadLetters: Pick<DeadLetterRepository, 'find' | 'findByIds'>;
  readonly keys: Pick<KeyRepository, 'findAll'>;
  readonly projects: Pick<ProjectRepository, 'find' | 'findSettings' | 'findErasing'>;
  readonly ledger: Pick<ErasureLedger, 'findAll' | 'findOpen'>;
  readonly topic: string;
  /** The latest log of the topic. */
  readonly log: LogId;
}

/** The ports of the deployment to move to. It may be in use during a move. */
export interface MoveTarget {
  readonly publisher: Pick<EventPublisher, 'republish'>;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly keys: Pick<KeyRepository, 'add'>;
  readonly projects: Pick<ProjectRepository, 'findSettings' | 'changeSettings'>;
  readonly ledger: Pick<ErasureLedger, 'find' | 'keep'>;
  readonly topic: string;
}

/** How far a move has come. Projects are moved in the order of their ids, and the activities of a project in the order of time. */
export interface MoveProgress {
  /** The project that is being moved. All activities of earlier projects are moved. */
  readonly project: ProjectId;
  /** The position of the last activity of the project that was moved. */
  readonly after: Position | undefined;
  /** The number of activities moved so far. */
  readonly activities: number;
}

export interface MoveDataDeps extends PersistDeps {
  readonly source: MoveSource;
  readonly target: MoveTarget;
  readonly clock: Clock;
  /** Encodes an activity as a record of the log. */
  readonly toRecord: (activity: StoredActivity) => RawRecord;
  /** Called after each page of activities. `total` is the number of activities to move. A later move can continue from `progress`. */
  readonly onProgress: (progress: MoveProgress, total: number) => Promise<void>;
}

/** How many items a move has copied. */
export interface MovedData {
  readonly projects: number;
  readonly keys: number;
  readonly erasures: number;
  readonly deadLetters: number;
  readonly activities: number;
}

/** Thrown if a move can't go on. The message names the remedy. */
export class MoveRefused extends Error {
  override readonly name = 'MoveRefused';
}

/** An earlier run of the move to the same target. */
export interface EarlierMove {
  /** Where the earlier run stopped. Undefined if the source has changed since; then all activities are moved again. */
  readonly from: MoveProgress | undefined;
}

/**
 * Copies all data to another deployment. Settings of projects, keys, erasures and dead letters go into its store. Activities become new records
 * on its log, from which its consumers store them. The records get the current time, because a topic might remove older records before they
 * are read. A move can be repeated: items that the target already has stay as they are, including the settings of projects, and activities
 * are stored once. While the log or the store of the target is down, the move waits. Throws MoveRefused if it can't go on.
 */
export type MoveData = (signal: Cancellation, earlier?: EarlierMove) => Promise<MovedData>;

export const makeMoveData = (deps: MoveDataDeps): MoveData => {
  const { source, target, clock, toRecord, onProgress } = deps;
  // The original of a moved record is on a log of the source. The target does not know the id of that log, so it never confuses the original
  // with a record on a log of its own.
  const movedOrigin = (origin: Origin): Origin =>
    origin.topic === source.topic ? { log: source.log, ...origin, topic: target.topic } : origin;
  const movedTopic = (text: string): string =>
    text === ''
      ? text
      : QualifiedTopic.of(movedOrigin({ ...QualifiedTopic.parts(text), partition: 0, offset: 0 }));
  const recordOf = (activity: StoredActivity): OriginalRecord => {
    // Older versions kept no origins. An activity without an origin counts as the first record of the log, so erasures cover it.
    const { log = source.log, partition = 0, offset = 0 } = activity.origin ?? {};
    return { ...toRecord(activity), origin: { topic: target.topic, log, partition, offset } };
  };

  return async function moveData(signal, earlier) {
    const from = earlier?.from;
    /** Repeats a step until it succeeds. */
    const step = <Result>(attempt: () => Promise<Result>): Promise<Result> => persist(deps, signal, attempt);

    if ((await source.projects.findErasing(1)).length + (await source.ledger.findOpen(1)).length > 0)
      throw new MoveRefused(
        'A project or a user is being erased. Start the embedded service, wait until the erasure is done, and try again.',
      );
    const settled = await step(() => target.projects.findSettings());
    const known = new Set(settled.map(({ project }) => project));
    for (const { project, retentionDays = null, limits } of await source.projects.findSettings())
      if (!known.has(project))
        assertHasRoom(
          await step(() => target.projects.changeSettings(project, { retentionDays, limits })),
          'projects with settings',
        );
    const keys = await source.keys.findAll();
    for (const key of keys) assertHasRoom(await step(() => target.keys.add(key, clock.now())), 'keys');
    let erasures = 0;
    for await (const erasure of allErasures(source.ledger)) {
      const { id, project } = erasure;
      if (earlier !== undefined && (await step(() => target.ledger.find(project, id))) === undefined)
        throw new MoveRefused(
          'A user was erased after the earlier run of this move, so the target may still have activities of that user. Move to an empty target.',
        );
      await step(() => target.ledger.keep({ ...erasure, topic: movedTopic(erasure.topic) }));
      erasures += 1;
    }
    const projects = await allProjects(source.projects);
    let deadLetters = 0;
    for (const project of projects)
      for await (const letters of allLetters(source.deadLetters, project)) {
        const changed = letters.map((letter) => ({ ...letter, origin: movedOrigin(letter.origin) }));
        await step(() => target.deadLetterQueue.add(changed));
        deadLetters += letters.length;
      }
    let total = 0;
    for (const project of projects) total += await source.repository.count(ActivityFilter.of({ project }));
    let activities = from?.activities ?? 0;
    for (const project of projects) {
      if (from !== undefined && project < from.project) continue;
      const after = project === from?.project ? from.after : undefined;
      for await (const page of activityPages(source.repository, project, after)) {
        const outcomes = await step(() => target.publisher.republish(page.map(recordOf)));
        if (outcomes.includes('too-large'))
          throw new MoveRefused(
            'An activity is larger than the topic accepts. Raise max.message.bytes of the topic, and try again.',
          );
        activities += page.length;
        await onProgress({ project, after: page.at(-1), activities }, total);
      }
    }
    return { projects: projects.length, keys: keys.length, erasures, deadLetters, activities };
  };
};

function assertHasRoom(outcome: unknown, items: string): void {
  if (outcome === 'too-many')
    throw new MoveRefused(`The target has no room for all ${items}. Remove some there, and try again.`);
}
