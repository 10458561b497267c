import { Turns } from '@user-activity/domain';

/**
 * Shares the event loop among the long tasks of this package. A task whose turn is over waits until the other tasks have had their turns.
 */
export const turns = new Turns({ defer: setImmediate, now: () => performance.now() });
