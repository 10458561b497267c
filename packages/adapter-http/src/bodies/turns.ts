import { Turns } from '@user-activity/domain';

/** Shares the event loop among all long work of this package. */
export const turns = new Turns({ defer: setImmediate, now: () => performance.now() });
