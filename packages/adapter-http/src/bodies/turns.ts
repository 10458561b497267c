import { Turns } from '@user-activity/domain';

/** Shares the event loop among the long tasks of this package: a task whose turn is over waits until the others had theirs. */
export const turns = new Turns({ defer: setImmediate, now: () => performance.now() });
