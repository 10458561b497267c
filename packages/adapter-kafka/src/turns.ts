import { Turns } from '@user-activity/domain';

/** Shares the event loop between the long tasks of this adapter. */
export const turns: Turns = new Turns({ defer: setImmediate, now: () => performance.now() });
