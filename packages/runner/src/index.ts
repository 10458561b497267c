export { type ApiLimits, apiUseCases, waitingRoom } from './api-use-cases.ts';
export { EngineWait } from './engine-wait.ts';
export { ConfigurationError } from './configuration/configuration-error.ts';
export { openRootKey, type RootKey } from './configuration/key-files.ts';
export { type Environment, type Given, readVariables } from './configuration/read-variables.ts';
export {
  accessFaults,
  engineFaults,
  type EngineSettings,
  enginesOf,
  hostsOf,
  keysOf,
  neededEnginesOf,
  retentionOf,
  rootKeyFileOf,
} from './configuration/settings.ts';
export {
  apiVariables,
  embeddedVariables,
  engineVariables,
  processVariables,
} from './configuration/variables.ts';
export { type Logger, type LogLevel, logLevels, makeLogger } from './logger.ts';
export { groupObserver } from './metrics/group-metrics.ts';
export { measureProcess, type Measurements } from './metrics/measure-process.ts';
export { publishObserver } from './metrics/publish-metrics.ts';
export { measuredOutages } from './metrics/storing-metrics.ts';
export { outageLog } from './outage-log.ts';
export { Opened, opening } from './opened.ts';
export { runConfigured, type RunningApp } from './run-app.ts';
export { startSweeping } from './start-sweeping.ts';
export {
  progressWatchdog,
  restartingConsumer,
  startStoring,
  storingUseCases,
} from './storing-use-cases.ts';
export { SystemClock } from './system-clock.ts';
export { tokens } from './tokens.ts';
export { UuidIds } from './uuid-ids.ts';
export { patient, type Watching } from './watch-progress.ts';
export { type Get, type Token, token, Wiring } from './wiring.ts';
