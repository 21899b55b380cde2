/**
 * The fields of one line of CSV: separated by commas, quoted ones with doubled quotes inside. A quote inside an unquoted field
 * stands for itself.
 *
 * @returns undefined when a quote is not closed on the line, or something follows its closing
 */
export function splitCsvLine(line: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(",", at);
      if (comma < 0) return [...fields, line.slice(at)];
      fields.push(line.slice(at, comma));
      at = comma + 1;
      continue;
    }
    let end = line.indexOf('"', at + 1);
    while (end >= 0 && line[end + 1] === '"') end = line.indexOf('"', end + 2);
    if (end < 0) return undefined;
    fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
    if (end + 1 === line.length) return fields;
    if (line[end + 1] !== ",") return undefined;
    at = end + 2;
  }
}
