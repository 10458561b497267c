import { Turns } from '@user-activity/domain';

/** Lets the long tasks of this adapter give way to other work on the event loop. */
export const turns: Turns = new Turns({ defer: setImmediate, now: () => performance.now() });
