export { openApi } from './composition.ts';
export {
  type About,
  type ApiConfig,
  openApiServer,
  publisherBounds,
  serveWhileWaiting,
  tryLine,
} from './serve-api.ts';
