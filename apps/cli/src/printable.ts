/** The text without what a terminal would take for a command: anyone may have written it. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

/** Rows under their heads, each column as wide as its widest cell; cells above `mostWidth` characters are cut. */
export function table(rows: readonly (readonly string[])[], mostWidth = 60): string {
  const cells = rows.map((row) => row.map((cell) => cut(printable(cell), mostWidth)));
  const widths: number[] = [];
  for (const row of cells)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, [...cell].length);
  const lines = cells.map((row) =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)).join('  '),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
