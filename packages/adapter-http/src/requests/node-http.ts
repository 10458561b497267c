/**
 * The values of `node:http` that the service uses. An import of `node:http` reads all its exports, and so also loads the `fetch` of Node,
 * which the service does not use. That made each start slower.
 */
export const { createServer, IncomingMessage, maxHeaderSize, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http');
