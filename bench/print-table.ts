/** Prints a table; the first column is aligned left, the others right, or left where they are text. */
export function printTable(
  title: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const lines = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  console.log(`\n${title}\n`)
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 || isText(rows, column)
        ? cell.padEnd(widths[column] ?? 0)
        : cell.padStart(widths[column] ?? 0),
    )
    console.log(`  ${cells.join('   ')}`.trimEnd())
  }
}

function isText(rows: readonly (readonly string[])[], column: number): boolean {
  return rows.some(row => /^[a-zA-Z]/.test(row[column] ?? ''))
}
