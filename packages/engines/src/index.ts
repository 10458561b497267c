export {
  type ApiConfig,
  type ProcessInfo,
  provideApiServer,
  provideApiUseCases,
  providePublisher,
  server,
  tryLine,
} from './api-server.ts';
export {
  type ConfiguredEngine,
  defineEngine,
  type EngineKind,
  type LogEngine,
  type OpenLog,
  type OpenStore,
  type PublisherOptions,
  type StoreEngine,
  type StoreLimits,
} from './engine.ts';
export { EngineChoice, type EngineSettings } from './engine-choice.ts';
export { type EngineKinds, everyEngine, sharedEngines } from './engines.ts';
export { openEngines, type OpenEngines } from './open-engines.ts';
export { type Compose, type ServiceConfig, type ServiceStart, startService } from './start-service.ts';
export { provideConsumer, provideStore } from './wire.ts';
