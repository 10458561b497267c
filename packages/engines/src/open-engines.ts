import { combinedQueue, makeRegisterLog } from '@user-activity/application';
import type { DeadLetterQueue, RegisteredTopic } from '@user-activity/domain';
import { type EngineWait, UuidIds } from '@user-activity/runner';
import type { LogEngine, OpenOptions, StoreEngine } from './engine.ts';
import type { EngineSettings } from './engine-choice.ts';

/** An open log and an open store. */
export interface OpenEngines {
  readonly log: LogEngine;
  readonly store: StoreEngine;
  /** The topic of the log, as the store registered it. */
  readonly registeredTopic: RegisteredTopic;
  /**
   * Returns the topic as it is registered in the store now, and registers it if necessary. The result differs from `registeredTopic` if the
   * store was replaced by an older copy that does not know the topic.
   */
  readonly registerTopic: () => Promise<RegisteredTopic>;
  /** Adds each dead letter to the store, and to the log if it has a queue of its own. */
  readonly deadLetterQueue: DeadLetterQueue;
}

/** Opens the log and the store in parallel, and registers the topic. Waits until both are reachable. */
export async function openEngines(
  engines: EngineSettings,
  wait: EngineWait,
  options: Omit<OpenOptions, 'onProgress'>,
): Promise<OpenEngines> {
  const all = { ...options, onProgress: wait.onProgress };
  const [log, store] = await Promise.all([
    wait.reach('log', () => engines.log.open(all)),
    wait.reach('store', () => engines.store.open(all)),
  ]);
  const registerLog = makeRegisterLog({ topics: store.topics, ids: new UuidIds() });
  const registerTopic = (): Promise<RegisteredTopic> => registerLog(log.topic);
  const registeredTopic = await wait.reach('store', registerTopic);
  // Other programs read dead letters from the log. The API lists the dead letters in the store.
  const queues = [log.deadLetterQueue ?? [], store.deadLetterQueue].flat();
  return { log, store, registeredTopic, registerTopic, deadLetterQueue: combinedQueue(...queues) };
}
