/**
 * Words in paths below /api/logs, including planned ones. No request could address an activity with such an id, so no route accepts
 * one. Activities that another producer put on the topic are stored even with such an id.
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

/** The reserved ids as a part of a regular expression. */
export const reservedPattern = [...reservedIds].join('|');
