export { openApi } from './composition.ts';
export { type About, type ApiConfig, openApiServer, publisherBounds, tryLine } from './serve-api.ts';
