const words = ['count', 'stats', 'export', 'stream', 'batch', 'feed', 'import'];

/**
 * Words that are or will be paths below /api/logs. No route accepts them as ids, because no request could read such an activity.
 * Other producers may use them: the consumer stores such activities.
 */
export const reservedIds: ReadonlySet<string> = new Set(words);

export const reservedPattern = words.join('|');
