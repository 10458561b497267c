import { Turns } from '@user-activity/domain';

/** The turns of all long work of this adapter. */
export const turns: Turns = new Turns({ defer: setImmediate, now: () => performance.now() });
