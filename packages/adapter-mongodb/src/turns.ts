import { Turns } from '@user-activity/domain';

/** The turns of this adapter's long tasks. */
export const turns: Turns = new Turns({ defer: setImmediate, now: () => performance.now() });
