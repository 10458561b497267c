import {
  type Answering,
  makeCheckHealth,
  makeFindActivities,
  makeFindActivity,
  makeLogActivities,
  makeLogActivity,
  makeStoreActivities,
} from '@user-activity/application';
import { backOff, outageLog } from './back-off.ts';
import type { Logger } from './logger.ts';
import { measured } from './metrics/measured.ts';
import { measuredPublisher } from './metrics/publish-metrics.ts';
import {
  measuredLetters,
  measuredOutages,
  measuredSaves,
  storingMetrics,
} from './metrics/storing-metrics.ts';
import { takingMetrics } from './metrics/taking-metrics.ts';
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
  wiring.provide(tokens.checkHealth, (get) => measured('checkHealth', makeCheckHealth(health(get))));
}

/** The use cases of the API; they need the publisher and the repository. */
export function wireApi(wiring: Wiring): void {
  wiring.provide(tokens.ids, () => new UuidIds());
  const recording = (get: Get) => ({
    publisher: measuredPublisher(get(tokens.publisher)),
    clock: get(tokens.clock),
    ids: get(tokens.ids),
  });
  wiring.provide(tokens.logActivity, (get) =>
    measured('logActivity', makeLogActivity(recording(get)), takingMetrics().one),
  );
  wiring.provide(tokens.logActivities, (get) =>
    measured('logActivities', makeLogActivities(recording(get)), takingMetrics().many),
  );
  wiring.provide(tokens.findActivities, (get) =>
    measured('findActivities', makeFindActivities({ repository: get(tokens.repository) })),
  );
  wiring.provide(tokens.findActivity, (get) =>
    measured('findActivity', makeFindActivity({ repository: get(tokens.repository) })),
  );
}

/** The use case of the consumer; it needs the repository and the dead letters. */
export function wireStoring(wiring: Wiring): void {
  wiring.provide(tokens.storeActivities, (get) =>
    measured(
      'storeActivities',
      makeStoreActivities({
        repository: measuredSaves(get(tokens.repository), get(tokens.clock)),
        deadLetters: measuredLetters(get(tokens.deadLetters)),
        clock: get(tokens.clock),
        pause: backOff,
        observer: measuredOutages('store', outageLog(get(tokens.logger))),
      }),
      storingMetrics(),
    ),
  );
}
