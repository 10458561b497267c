import type { EventLoop } from '@user-activity/domain';

/** Node's event loop, and its monotonic clock. */
export const eventLoop: EventLoop = { defer: setImmediate, now: () => performance.now() };
