import { parse } from 'csv-parse/sync';

/** The header of an export in CSV. */
export const csvExportHeader = 'id,userId,type,createdAt,receivedAt,metadata';

// An export puts a quote before each cell that a spreadsheet would take for a formula, and before each cell that has such a quote.
const formulaQuote = /^'(?=['=+\-@\t\r\n＝＋－＠])/u;

/** Removes the quote that an export puts before a cell that looks like a formula. */
export const withoutFormulaQuote = (cell: string): string => cell.replace(formulaQuote, '');

/** Returns the position of a line in an export, as `createdAt~id`. Throws if the line can't be parsed. */
export function positionOf(line: string, format: 'ndjson' | 'csv'): string {
  if (format === 'ndjson') {
    const { createdAt, id } = JSON.parse(line) as { readonly createdAt: string; readonly id: string };
    return `${createdAt}~${id}`;
  }
  const [cells = []] = parse(line);
  const [id = '', , , createdAt = ''] = cells;
  return `${createdAt}~${withoutFormulaQuote(id)}`;
}
