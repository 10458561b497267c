import { Places } from '../requests/places.ts';

/** All streams, and all pages with `wait`, of this process. */
export const readerPlaces: Places = new Places({
  max: 1000,
  name: 'waiting_readers',
  description: 'Streams and pages of the feed that wait for news',
  noun: 'readers that wait for news',
});
