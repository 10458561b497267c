import type { Activity, ActivityFilter } from '../api/activity.ts';
import type { Connection } from '../http/connection.ts';
import { waitAfter } from '../http/pauses.ts';
import { ConnectionError } from '../http/problem-error.ts';
import { filterParameters } from './query-parameters.ts';
import { textChunks } from './text-chunks.ts';

/** What to export, and how. */
export interface ExportOptions extends ActivityFilter {
  /** `asc`: the oldest first, which is the default. */
  readonly order?: 'asc' | 'desc';
  /** Continues after an activity: its createdAt and its id, joined by `~`. It need not exist any more. Default: from the beginning. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to export text. */
export interface ExportTextOptions extends ExportOptions {
  /** Default: `ndjson`. CSV has a header unless there is `after`. */
  readonly format?: 'ndjson' | 'csv';
}

const idleTimeoutMs = 60_000;

/** Yields the text of an export in groups of whole lines. Throws ConnectionError if the connection breaks, or if the answer is no export. */
export async function* exportText(
  connection: Connection,
  { format, order, after, signal, ...filter }: ExportTextOptions,
): AsyncGenerator<string, void, undefined> {
  const call = {
    path: '/api/logs/export',
    query: filterParameters(filter, { format, order, after }),
    signal,
  };
  const mediaType = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
  let rest = '';
  for await (const chunk of textChunks(connection, call, mediaType, idleTimeoutMs)) {
    const end = chunk.lastIndexOf('\n') + 1;
    if (end > 0) yield rest + chunk.slice(0, end);
    rest = end > 0 ? chunk.slice(end) : rest + chunk;
  }
  if (rest !== '') throw new ConnectionError('There was no whole answer.');
}

/** Yields all activities that match. After an outage it continues after the last activity, so that it neither misses nor repeats any. */
export async function* exportActivities(
  connection: Connection,
  { after, ...options }: ExportOptions,
): AsyncGenerator<Activity, void, undefined> {
  const last = { after };
  for (let failures = 0; ; failures += 1) {
    try {
      for await (const lines of exportText(connection, { ...options, ...last }))
        for (const line of lines.split('\n')) {
          if (line === '') continue;
          const activity = JSON.parse(line) as Activity;
          yield activity;
          last.after = `${activity.createdAt}~${activity.id}`;
          failures = 0;
        }
      return;
    } catch (error) {
      await waitAfter(error, failures, last.after !== after, options.signal);
    }
  }
}
