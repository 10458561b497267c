export { openApi } from './composition.ts';
export { type ApiConfig, openApiServer, publisherBounds, tryLine } from './serve-api.ts';
