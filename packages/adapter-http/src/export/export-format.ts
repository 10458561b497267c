import type { StoredActivity } from '@user-activity/domain';
import { csvHeader, loadCsvLines } from './csv-lines.ts';

export const exportFormats = ['ndjson', 'csv'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** Makes the text of an export with a line for each activity. */
export type LinesOf = (activities: readonly StoredActivity[]) => string;

interface FormatWriter {
  readonly mediaType: string;
  readonly fileName: string;
  /** The text before the first activity. An export that continues another one leaves it out. */
  readonly header: string;
  /** Returns the function that makes the lines. It may have to load a library first. */
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
