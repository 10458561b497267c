import { Turns } from '@user-activity/domain';

/** Divides the long work of this adapter on the main thread into turns. */
export const eventLoopTurns: Turns = new Turns({ defer: setImmediate, now: () => performance.now() });
