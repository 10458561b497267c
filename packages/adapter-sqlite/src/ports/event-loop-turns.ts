import { Turns } from '@user-activity/domain';

/** Lets the long tasks of this adapter give way to other work on the main thread. */
export const eventLoopTurns = new Turns({ defer: setImmediate, now: () => performance.now() });
