import type {
  ApiUseCases,
  FeedWatch,
  FollowedLog,
  KeyTable,
  ProjectTable,
  ProgressWatchdog,
  StoringUseCases,
  OutcomeWaiter,
} from '@user-activity/application';
import type {
  ActivityFeed,
  ActivityRepository,
  Clock,
  DeadLetterQueue,
  DeadLetterRepository,
  ErasureLedger,
  EventPublisher,
  IdGenerator,
  KeyRepository,
  Outbox,
  RegisteredTopic,
  SettledOffsets,
  ProjectRepository,
  SecretGenerator,
} from '@user-activity/domain';
import type { AuditRelay } from './audit-relay.ts';
import type { Logger } from './logger.ts';
import type { RestartingConsumer } from './restarting-consumer.ts';
import { token } from './wiring.ts';

/** The tokens of the objects that make up an app: adapters, use cases, and the consumer with its watchdog. */
export const tokens = {
  logger: token<Logger>('logger'),
  clock: token<Clock>('clock'),
  ids: token<IdGenerator>('ids'),
  publisher: token<EventPublisher>('publisher'),
  repository: token<ActivityRepository>('repository'),
  deadLetters: token<DeadLetterRepository>('deadLetters'),
  deadLetterQueue: token<DeadLetterQueue>('deadLetterQueue'),
  ledger: token<ErasureLedger>('ledger'),
  projects: token<ProjectRepository>('projects'),
  keys: token<KeyRepository>('keys'),
  outbox: token<Outbox>('outbox'),
  projectTable: token<ProjectTable>('projectTable'),
  keyTable: token<KeyTable>('keyTable'),
  secrets: token<SecretGenerator>('secrets'),
  feed: token<ActivityFeed>('feed'),
  followedLog: token<FollowedLog>('followedLog'),
  feedWatch: token<FeedWatch>('feedWatch'),
  outcomeWaiter: token<OutcomeWaiter>('outcomeWaiter'),
  apiUseCases: token<ApiUseCases>('apiUseCases'),
  auditRelay: token<AuditRelay>('auditRelay'),
  /** The time after which a consumer that does not respond loses its partitions, in milliseconds. 0 if it never loses them. */
  sessionMs: token<number>('sessionMs'),
  registeredTopic: token<RegisteredTopic>('registeredTopic'),
  settledOffsets: token<SettledOffsets>('settledOffsets'),
  watchdog: token<ProgressWatchdog>('watchdog'),
  storingUseCases: token<StoringUseCases>('storingUseCases'),
  consumer: token<RestartingConsumer>('consumer'),
};
