import { parse } from 'csv-parse/sync';

/** The header of an export in CSV. */
export const csvExportHeader = 'id,userId,type,createdAt,receivedAt,metadata';

// A cell that a spreadsheet would take for a formula has a quote before it.
const quotedCell = /^'(?=['=+\-@\t\r\n＝＋－＠])/u;

/** Returns the text of a cell of an export. */
export const textOfCell = (cell: string): string => cell.replace(quotedCell, '');

/** Returns the position of an activity in an export: its createdAt and its id, from its line. Throws if the line is none. */
export function positionOf(line: string, format: 'ndjson' | 'csv'): string {
  if (format === 'ndjson') {
    const { createdAt, id } = JSON.parse(line) as { readonly createdAt: string; readonly id: string };
    return `${createdAt}~${id}`;
  }
  const [cells = []] = parse(line);
  const [id = '', , , createdAt = ''] = cells;
  return `${createdAt}~${textOfCell(id)}`;
}
