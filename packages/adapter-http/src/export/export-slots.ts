import { RequestSlots } from '../requests/request-slots.ts';

/**
 * The slots for all exports of this process. Each export may hold two pages of up to 4 MiB in memory, and takes as much processor time as
 * it can get.
 */
export const exportSlots: RequestSlots = new RequestSlots({
  max: 8,
  name: 'running_exports',
  description: 'Exports in progress',
  noun: 'exports in progress',
});
