export { openApi } from './composition.ts';
export {
  type About,
  type ApiConfig,
  openApiServer,
  publisherBounds,
  recordingRulesOf,
  serveWhileWaiting,
  tryLine,
} from './serve-api.ts';
