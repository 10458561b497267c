import { Turns } from '@user-activity/domain';

/** The turns of all long work of this adapter on the main thread. */
export const eventLoopTurns: Turns = new Turns({ defer: setImmediate, now: () => performance.now() });
