/**
 * Words of the routes below /api/logs, those to come among them: an activity with such an id could not be asked for. So no client
 * can give one, by whatever door. One that another producer put on the topic is stored all the same.
 */
export const reservedIds: ReadonlySet<string> = new Set([
  'count',
  'stats',
  'export',
  'stream',
  'batch',
  'feed',
  'import',
]);

/** They as a part of a regular expression. */
export const reservedPattern: string = [...reservedIds].join('|');
