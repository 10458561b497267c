import { Turns } from '@user-activity/domain';

/** Shares the event loop among all long tasks of this package. */
export const turns = new Turns({ defer: setImmediate, now: () => performance.now() });
