import { RequestSlots } from '../requests/request-slots.ts';

/** The slots for all streams, and for all pages of the feed with `wait`, of this process. */
export const readerSlots: RequestSlots = new RequestSlots({
  max: 1000,
  name: 'waiting_readers',
  description: 'Streams and pages of the feed that wait for new activities',
  noun: 'readers that wait for new activities',
});
