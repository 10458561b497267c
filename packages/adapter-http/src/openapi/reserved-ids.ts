const reservedWords = ['count', 'stats', 'export', 'stream', 'batch', 'feed', 'import'];

/**
 * Words that are or will be paths below /api/logs. No route accepts them as ids, because GET /api/logs/{id} could not find such an
 * activity. Programs that write to the log directly may use them as ids: the consumer stores such activities.
 */
export const reservedIds: ReadonlySet<string> = new Set(reservedWords);

export const reservedPattern = reservedWords.join('|');
