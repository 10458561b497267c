export {
  type ProcessInfo,
  provideApiServer,
  provideApiUseCases,
  provideFeed,
  providePublisher,
  serverToken,
  curlExample,
} from './api-server.ts';
export { defineEngine, type LogEngine, type StoreEngine } from './engine.ts';
export { EngineChoice, type EngineSettings } from './engine-choice.ts';
export { embeddedEngines, everyEngine, sharedEngines } from './engines.ts';
export { openEngines, type OpenEngines } from './open-engines.ts';
export { startService } from './start-service.ts';
export { provideConsumer, provideStore } from './wire.ts';
