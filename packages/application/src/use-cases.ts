import type {
  ActivityRepository,
  DeadLetterQueue,
  DeadLetterRepository,
  EventPublisher,
  RecordingDeps,
} from '@user-activity/domain';
import { makeActivityStats } from './activity-stats.ts';
import { type HealthDeps, makeCheckHealth } from './check-health.ts';
import { makeCountActivities } from './count-activities.ts';
import { makeFindActivities, makeFindActivity } from './find-activities.ts';
import { makeFindDeadLetters } from './find-dead-letters.ts';
import { makeFindStatus } from './find-status.ts';
import { makeLogActivities } from './log-activities.ts';
import { makeLogActivity } from './log-activity.ts';
import { makeLogAndWait } from './log-and-wait.ts';
import { makeLogCalls } from './log-calls.ts';
import { makeReplayDeadLetters } from './replay-dead-letters.ts';
import { makeStoreActivities, type StoreActivitiesDeps } from './store-activities.ts';
import { type DeadLetterRetention, makeSweepDeadLetters } from './sweep-dead-letters.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** The ports and limits that the use cases of the API need. */
export interface ApiPorts extends RecordingDeps {
  readonly publisher: EventPublisher;
  readonly repository: ActivityRepository;
  readonly letters: DeadLetterRepository;
  readonly deadLetters: DeadLetterQueue;
  readonly outcomes: Pick<WaitingRoom, 'outcomeOf'>;
  readonly health: HealthDeps;
  readonly retention: DeadLetterRetention;
  /** How long stats over time may take. */
  readonly maxStatsMs: number;
  /** How long the log and the store may take for one portion of a replay. */
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

/** The use cases of the API by their names. */
export type ApiUseCases = ReturnType<typeof makeApiUseCases>;

/** The ports that the use cases of the storing side need. */
export interface StoringPorts extends StoreActivitiesDeps {
  readonly health: HealthDeps;
}

/** Makes every use case of the storing side. Its keys are the names by which the use cases are measured. */
export const makeStoringUseCases = (ports: StoringPorts) => ({
  storeActivities: makeStoreActivities(ports),
  checkHealth: makeCheckHealth(ports.health),
});

/** The use cases of the storing side by their names. */
export type StoringUseCases = ReturnType<typeof makeStoringUseCases>;
