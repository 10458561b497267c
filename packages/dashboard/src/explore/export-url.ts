import type { ActivityFilter } from '@user-activity/client';

/** The file format of an export. */
export type ExportFormat = 'ndjson' | 'csv';

/** Returns the URL that exports all activities that match the filter. */
export function exportUrl(
  serviceUrl: string,
  { userId, type, from, to, metadata = {} }: ActivityFilter,
  order: 'asc' | 'desc',
  format: ExportFormat,
): string {
  const url = new URL(`${serviceUrl}/api/logs/export`);
  const parameters = { format, order, userId, type, from, to };
  const conditions = Object.entries(metadata).map(([path, value]) => [`metadata.${path}`, value] as const);
  for (const [name, value] of [...Object.entries(parameters), ...conditions])
    for (const one of [value].flat())
      if (one !== undefined)
        url.searchParams.append(name, one instanceof Date ? one.toISOString() : String(one));
  return url.href;
}
