import { Places } from '../requests/places.ts';

/** All exports of this process. Each may hold two pages of up to 4 MiB in memory, and wants as much of the processor as it can get. */
export const exportPlaces: Places = new Places({
  max: 8,
  name: 'running_exports',
  description: 'Exports in progress',
  noun: 'exports in progress',
});
