import type {
  ActivityRepository,
  DeadLetterQueue,
  DeadLetterRepository,
  EventPublisher,
  RecordingDeps,
} from '@user-activity/domain';
import { makeFindDeadLetters } from './dead-letters/find-dead-letters.ts';
import { makeReplayDeadLetters } from './dead-letters/replay-dead-letters.ts';
import { type DeadLetterRetention, makeSweepDeadLetters } from './dead-letters/sweep-dead-letters.ts';
import { type HealthDeps, makeCheckHealth } from './health/check-health.ts';
import { makeLogActivities } from './logging/log-activities.ts';
import { makeLogActivity, makeLogAndWait } from './logging/log-activity.ts';
import { makeLogCalls } from './logging/log-calls.ts';
import type { OutcomeWaiter } from './logging/outcome-waiter.ts';
import { makeActivityStats } from './querying/activity-stats.ts';
import { makeCountActivities } from './querying/count-activities.ts';
import { makeFindActivities, makeFindActivity } from './querying/find-activities.ts';
import { makeFindStatus } from './querying/find-status.ts';
import { makeStoreActivities, type StoreActivitiesDeps } from './storing/store-activities.ts';

/** The ports and limits that the use cases of the API need. */
export interface ApiPorts extends RecordingDeps {
  readonly publisher: EventPublisher;
  readonly repository: ActivityRepository;
  readonly deadLetters: DeadLetterRepository;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly outcomeWaiter: Pick<OutcomeWaiter, 'outcomeOf'>;
  readonly health: HealthDeps;
  readonly retention: DeadLetterRetention;
  /** A clock in milliseconds that never jumps, for time limits. */
  readonly now: () => number;
  /** The time limit for stats over time, in milliseconds. */
  readonly maxStatsMs: number;
  /** The time that the log and the store may take for one portion of a replay, in milliseconds. */
  readonly maxReplayPortionMs: number;
}

/** Makes every use case of the API. Its keys are the names by which the use cases are measured. */
export const makeApiUseCases = (ports: ApiPorts) => ({
  logActivity: makeLogActivity(ports),
  logAndWait: makeLogAndWait(ports),
  logActivities: makeLogActivities(ports),
  logCalls: makeLogCalls(ports),
  findActivity: makeFindActivity(ports),
  findActivities: makeFindActivities(ports),
  countActivities: makeCountActivities(ports),
  activityStats: makeActivityStats({ ...ports, maxMs: ports.maxStatsMs }),
  findStatus: makeFindStatus(ports),
  findDeadLetters: makeFindDeadLetters(ports),
  replayDeadLetters: makeReplayDeadLetters({ ...ports, maxPortionMs: ports.maxReplayPortionMs }),
  sweepDeadLetters: makeSweepDeadLetters(ports),
  checkHealth: makeCheckHealth(ports.health),
});

/** An interface, so that declarations of other packages name it and do not need the type of each use case. */
export interface ApiUseCases extends ReturnType<typeof makeApiUseCases> {}

/** The ports that the use cases of the storing side need. */
export interface StoringPorts extends StoreActivitiesDeps {
  readonly health: HealthDeps;
}

/** Makes every use case of the storing side. Its keys are the names by which the use cases are measured. */
export const makeStoringUseCases = (ports: StoringPorts) => ({
  storeActivities: makeStoreActivities(ports),
  checkHealth: makeCheckHealth(ports.health),
});

export interface StoringUseCases extends ReturnType<typeof makeStoringUseCases> {}
