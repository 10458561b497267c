/**
 * The exports of `node:http` that the service uses. `getBuiltinModule` makes each start faster than an import, which would read all exports
 * and so also load Node's `fetch`, which the service does not use.
 */
export const { createServer, IncomingMessage, maxHeaderSize, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http');
