import {
  type Answering,
  makeCheckHealth,
  makeFindActivities,
  makeFindActivity,
  makeFindDeadLetters,
  makeLogActivities,
  makeLogActivity,
  makeReplayDeadLetters,
  makeStoreActivities,
} from '@user-activity/application';
import { backOff, briefGrace, outageLog } from './back-off.ts';
import type { Logger } from './logger.ts';
import { SystemClock } from './system-clock.ts';
import { tokens } from './tokens.ts';
import { UuidIds } from './uuid-ids.ts';
import type { Get, Wiring } from './wiring.ts';

/** What every app has, whatever it runs on. */
export function wireProcess(
  wiring: Wiring,
  logger: Logger,
  health: (get: Get) => { readonly log: readonly Answering[]; readonly store: readonly Answering[] },
): void {
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  wiring.provide(tokens.checkHealth, (get) => makeCheckHealth(health(get)));
}

/** The use cases of the API; they need the publisher, the repository and the letters. */
export function wireApi(wiring: Wiring): void {
  wiring.provide(tokens.ids, () => new UuidIds());
  wiring.provide(tokens.logActivity, (get) =>
    makeLogActivity({ publisher: get(tokens.publisher), clock: get(tokens.clock), ids: get(tokens.ids) }),
  );
  wiring.provide(tokens.logActivities, (get) =>
    makeLogActivities({ publisher: get(tokens.publisher), clock: get(tokens.clock), ids: get(tokens.ids) }),
  );
  wiring.provide(tokens.findActivities, (get) => makeFindActivities({ repository: get(tokens.repository) }));
  wiring.provide(tokens.findActivity, (get) => makeFindActivity({ repository: get(tokens.repository) }));
  wiring.provide(tokens.findDeadLetters, (get) => makeFindDeadLetters({ letters: get(tokens.letters) }));
  wiring.provide(tokens.replayDeadLetters, (get) =>
    makeReplayDeadLetters({
      letters: get(tokens.letters),
      publisher: get(tokens.publisher),
      clock: get(tokens.clock),
    }),
  );
}

/** The use case of the consumer; it needs the repository and the dead letters. */
export function wireStoring(wiring: Wiring): void {
  wiring.provide(tokens.storeActivities, (get) =>
    makeStoreActivities({
      repository: get(tokens.repository),
      deadLetters: get(tokens.deadLetters),
      clock: get(tokens.clock),
      pause: backOff,
      grace: briefGrace,
      observer: outageLog(get(tokens.logger)),
    }),
  );
}
