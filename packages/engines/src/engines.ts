import type { EngineKind, LogEngine, StoreEngine } from './engine.ts';
import { kafkaLog } from './log/kafka.ts';
import { sqliteLog } from './log/sqlite.ts';
import { mongodbStore } from './store/mongodb.ts';
import { sqliteStore } from './store/sqlite.ts';

/** The kinds of logs and stores from which an operator can choose. */
export interface EngineKinds {
  readonly logs: readonly EngineKind<LogEngine>[];
  readonly stores: readonly EngineKind<StoreEngine>[];
}

/** Every kind of log and store. */
export const everyEngine: EngineKinds = {
  logs: [kafkaLog, sqliteLog],
  stores: [mongodbStore, sqliteStore],
};

/** The embedded kinds, which keep their data in a file that only one process uses. */
export const embeddedEngines: EngineKinds = {
  logs: everyEngine.logs.filter(({ variable }) => variable === undefined),
  stores: everyEngine.stores.filter(({ variable }) => variable === undefined),
};

/** The kinds that several processes can share. */
export const sharedEngines: EngineKinds = {
  logs: everyEngine.logs.filter(({ variable }) => variable !== undefined),
  stores: everyEngine.stores.filter(({ variable }) => variable !== undefined),
};
