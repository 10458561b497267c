import type { StoredActivity } from '@user-activity/domain';
import { csvHeader, csvLines } from './csv-lines.ts';

export const exportFormats = ['ndjson', 'csv'] as const;

export type ExportFormat = (typeof exportFormats)[number];

interface FormatWriter {
  readonly mediaType: string;
  readonly fileName: string;
  /** The text before the first activity. It is left out if the export continues another one. */
  readonly header: string;
  /** Returns a line for each activity. */
  readonly linesOf: (activities: readonly StoredActivity[]) => string;
}

export const formatWriters: Readonly<Record<ExportFormat, FormatWriter>> = {
  ndjson: {
    mediaType: 'application/x-ndjson',
    fileName: 'activities.ndjson',
    header: '',
    linesOf: (activities) => activities.map((activity) => `${activity.toText()}\n`).join(''),
  },
  csv: {
    mediaType: 'text/csv; charset=utf-8',
    fileName: 'activities.csv',
    header: csvHeader,
    linesOf: csvLines,
  },
};
