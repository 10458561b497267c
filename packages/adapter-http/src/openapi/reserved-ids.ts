const words = ['count', 'stats', 'export', 'stream', 'batch', 'feed', 'import'];

/**
 * Words in paths below /api/logs, including planned ones. No request could address an activity with such an id, so no route accepts
 * one. Activities that another producer put on the topic are stored even with such an id.
 */
export const reservedIds: ReadonlySet<string> = new Set(words);

export const reservedPattern = words.join('|');
