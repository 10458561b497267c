export { openApi } from './open-api.ts';
export {
  type About,
  type ApiConfig,
  apiLimitsOf,
  apiServer,
  buildApiServer,
  closeApiServer,
  openServer,
  publisherBounds,
  serveWhileWaiting,
  tryLine,
} from './serve-api.ts';
