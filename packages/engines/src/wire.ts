import {
  type ConsumerSettings,
  type ProcessSettings,
  progressWatchdog,
  restartingConsumer,
  storingUseCases,
  tokens,
  type Wiring,
} from '@user-activity/runner';
import type { OpenEngines } from './open-engines.ts';

/** Provides the ports of the store, and the queue of dead letters. */
export function provideStore(wiring: Wiring, { log, store, deadLetterQueue }: OpenEngines): void {
  wiring.provide(tokens.repository, () => store.repository);
  wiring.provide(tokens.deadLetters, () => store.deadLetters);
  wiring.provide(tokens.deadLetterQueue, () => deadLetterQueue);
  wiring.provide(tokens.ledger, () => store.ledger);
  wiring.provide(tokens.sessionMs, () => log.sessionMs);
  wiring.provide(tokens.projects, () => store.projects);
  wiring.provide(tokens.keys, () => store.keys);
  wiring.provide(tokens.outbox, () => store.outbox);
}

/** Provides the consumer, its watchdog, its use cases and the settled offsets. */
export function provideConsumer(
  wiring: Wiring,
  { log, store, registeredTopic }: OpenEngines,
  config: ConsumerSettings & Pick<ProcessSettings, 'ANONYMISATION_KEY'>,
): void {
  wiring.provide(tokens.registeredTopic, () => registeredTopic);
  wiring.provide(tokens.settledOffsets, () => store.settledOffsets);
  wiring.provide(tokens.watchdog, (get) => progressWatchdog(get));
  wiring.provide(tokens.storingUseCases, (get) =>
    storingUseCases(
      get,
      {
        log: [get(tokens.consumer)],
        store: [get(tokens.repository)],
        progress: get(tokens.watchdog),
      },
      config,
    ),
  );
  wiring.provide(
    tokens.consumer,
    (get) => restartingConsumer(get, log.makeConsumerFactory()),
    (consumer) => consumer.stop(),
  );
}
