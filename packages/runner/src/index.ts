export { apiUseCases, feedWatch, outcomeWaiter } from './api-use-cases.ts';
export { AuditRelay } from './audit-relay.ts';
export { Closers } from './closers.ts';
export { type AwaitedEngine, type AwaitedEngines, EngineWait } from './engine-wait.ts';
export { ConfigurationError } from './configuration/configuration-error.ts';
export { openRootKey } from './configuration/key-files.ts';
export {
  type Environment,
  type RawValues,
  readVariables,
  splitList,
} from './configuration/read-variables.ts';
export {
  accessFaults,
  type ApiSettings,
  apiSettings,
  type ConsumerSettings,
  consumerSettings,
  keysOf,
  type ProcessSettings,
  processSettings,
  rootKeyFileOf,
} from './configuration/settings.ts';
export {
  apiVariables,
  consumerVariables,
  flag,
  processVariables,
  wholeNumber,
} from './configuration/variables.ts';
export { type Logger, makeLogger } from './logger.ts';
export { healthReader, type LagSource, type ReadMetrics } from './metrics/health-reader.ts';
export { groupObserver } from './metrics/group-metrics.ts';
export { measureGroup, cachedProgressReader } from './metrics/lag-metrics.ts';
export { measureProcess } from './metrics/measure-process.ts';
export { publishObserver } from './metrics/publish-metrics.ts';
export { withOutageMetrics } from './metrics/storing-metrics.ts';
export { startHealthHistory } from './measure-health.ts';
export { outageLog } from './outage-log.ts';
export { runConfigured, type RunningApp } from './run-app.ts';
export {
  progressWatchdog,
  restartingConsumer,
  startStoring,
  storingUseCases,
} from './storing-use-cases.ts';
export { RandomSecrets } from './random-secrets.ts';
export { startReadingKeys } from './read-keys-regularly.ts';
export { startSweepingProjects } from './sweep-projects-regularly.ts';
export { startSweeping } from './sweep-regularly.ts';
export { SystemClock } from './system-clock.ts';
export { tokens } from './tokens.ts';
export { UuidIds } from './uuid-ids.ts';
export { versionOf } from './version-of.ts';
export type { WatchOptions } from './watch-progress.ts';
export { type Get, type Token, token, Wiring } from './wiring.ts';
