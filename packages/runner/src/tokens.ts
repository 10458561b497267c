import type {
  ActivityStats,
  CheckHealth,
  CountActivities,
  FindActivities,
  FindActivity,
  FindDeadLetters,
  FindStatus,
  LogActivities,
  LogActivity,
  LogAndWait,
  LogCalls,
  ProgressWatchdog,
  ReplayDeadLetters,
  StoreActivities,
  SweepDeadLetters,
  WaitingRoom,
} from '@user-activity/application';
import type {
  ActivityRepository,
  Clock,
  DeadLetterQueue,
  DeadLetterRepository,
  EventPublisher,
  IdGenerator,
} from '@user-activity/domain';
import type { Logger } from './logger.ts';
import type { RestartingConsumer } from './restarting-consumer.ts';
import { type Token, token } from './wiring.ts';

/** The tokens of what every app wires: the driven ports and the use cases. */
export const tokens: {
  readonly logger: Token<Logger>;
  readonly clock: Token<Clock>;
  readonly ids: Token<IdGenerator>;
  readonly publisher: Token<EventPublisher>;
  readonly consumer: Token<RestartingConsumer>;
  readonly watchdog: Token<ProgressWatchdog>;
  readonly repository: Token<ActivityRepository>;
  readonly deadLetters: Token<DeadLetterQueue>;
  readonly letters: Token<DeadLetterRepository>;
  readonly logActivity: Token<LogActivity>;
  readonly logActivities: Token<LogActivities>;
  readonly logCalls: Token<LogCalls>;
  readonly outcomes: Token<WaitingRoom>;
  readonly logAndWait: Token<LogAndWait>;
  readonly storeActivities: Token<StoreActivities>;
  readonly findActivities: Token<FindActivities>;
  readonly countActivities: Token<CountActivities>;
  readonly activityStats: Token<ActivityStats>;
  readonly findActivity: Token<FindActivity>;
  readonly findStatus: Token<FindStatus>;
  readonly findDeadLetters: Token<FindDeadLetters>;
  readonly replayDeadLetters: Token<ReplayDeadLetters>;
  readonly sweepDeadLetters: Token<SweepDeadLetters>;
  readonly checkHealth: Token<CheckHealth>;
} = {
  logger: token('logger'),
  clock: token('clock'),
  ids: token('ids'),
  publisher: token('publisher'),
  consumer: token('consumer'),
  watchdog: token('watchdog'),
  repository: token('repository'),
  deadLetters: token('deadLetters'),
  letters: token('letters'),
  logActivity: token('logActivity'),
  logActivities: token('logActivities'),
  logCalls: token('logCalls'),
  outcomes: token('outcomes'),
  logAndWait: token('logAndWait'),
  storeActivities: token('storeActivities'),
  findActivities: token('findActivities'),
  countActivities: token('countActivities'),
  activityStats: token('activityStats'),
  findActivity: token('findActivity'),
  findStatus: token('findStatus'),
  findDeadLetters: token('findDeadLetters'),
  replayDeadLetters: token('replayDeadLetters'),
  sweepDeadLetters: token('sweepDeadLetters'),
  checkHealth: token('checkHealth'),
};
