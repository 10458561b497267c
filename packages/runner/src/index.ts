export { backOff, outageLog } from './back-off.ts';
export { ConfigurationError } from './configuration/configuration-error.ts';
export { type Environment, type Given, readVariables } from './configuration/read-variables.ts';
export {
  accessFaults,
  engineFaults,
  type EngineSettings,
  enginesOf,
  keysOf,
} from './configuration/settings.ts';
export {
  apiVariables,
  embeddedVariables,
  engineVariables,
  processVariables,
} from './configuration/variables.ts';
export { type Logger, type LogLevel, logLevels, makeLogger } from './logger.ts';
export { exitOn, runApp, type RunningApp } from './run-app.ts';
export { SystemClock } from './system-clock.ts';
export { tokens } from './tokens.ts';
export { UuidIds } from './uuid-ids.ts';
export { type Get, type Token, token, Wiring } from './wiring.ts';
