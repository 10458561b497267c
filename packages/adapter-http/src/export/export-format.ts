import type { StoredActivity } from '@user-activity/domain';
import { csvHeader, loadCsvLines } from './csv-lines.ts';

export const exportFormats = ['ndjson', 'csv'] as const;

export type ExportFormat = (typeof exportFormats)[number];

export type LinesOf = (activities: readonly StoredActivity[]) => string;

interface FormatWriter {
  readonly mediaType: string;
  readonly fileName: string;
  /** The text before the first activity. It is left out if the export continues another one. */
  readonly header: string;
  /** Returns a function that makes a line for each activity. */
  readonly load: () => Promise<LinesOf>;
}

export const formatWriters: Readonly<Record<ExportFormat, FormatWriter>> = {
  ndjson: {
    mediaType: 'application/x-ndjson',
    fileName: 'activities.ndjson',
    header: '',
    load: async () => (activities) => activities.map((activity) => `${activity.toText()}\n`).join(''),
  },
  csv: {
    mediaType: 'text/csv; charset=utf-8',
    fileName: 'activities.csv',
    header: csvHeader,
    load: loadCsvLines,
  },
};
