/** Replaces characters that could control a terminal, because clients of the service may have written the text. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

/** Like `printable`, but keeps the line breaks. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** Returns a count with its noun, such as `1 row` or `2 rows`. */
export const countWithNoun = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;

/** Formats rows as a table. Cuts cells to `maxWidth` characters. */
export function formatTable(rows: readonly (readonly string[])[], maxWidth = 60): string {
  const cells = rows.map((row) => row.map((cell) => cut(printable(cell), maxWidth)));
  const widths: number[] = [];
  for (const row of cells)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, [...cell].length);
  const lines = cells.map((row) =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)).join('  '),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function cut(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
