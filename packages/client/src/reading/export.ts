import type { Activity, ActivityFilter } from '../api/activity.ts';
import type { Connection } from '../http/connection.ts';
import { waitBeforeRetry } from '../http/pauses.ts';
import { ConnectionError } from '../http/problem-error.ts';
import { filterParameters } from './query-parameters.ts';
import { textChunks } from './text-chunks.ts';

/** Which activities to export, and in which order. */
export interface ExportOptions extends ActivityFilter {
  /** `asc`: oldest first. `desc`: newest first. Default: `asc`. */
  readonly order?: 'asc' | 'desc';
  /**
   * Starts the export after this activity: its `createdAt` and its id, joined by `~`. The activity need not exist any more. Default: the
   * export starts with the first activity that matches.
   */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which activities to export, and in which text format. */
export interface ExportTextOptions extends ExportOptions {
  /** Default: `ndjson`. CSV begins with a header line, unless `after` is given. */
  readonly format?: 'ndjson' | 'csv';
}

const idleTimeoutMs = 60_000;

/** Yields the text of an export in chunks of whole lines. Throws ConnectionError if the response breaks off, or is not an export. */
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
  if (rest !== '') throw new ConnectionError('No complete answer.');
}

/** Yields all activities that match. After an outage, it continues after the last activity that it yielded. */
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
      await waitBeforeRetry(error, failures, last.after !== after, options.signal);
    }
  }
}
