/** A text on one line of a terminal: control characters, which could move its cursor, are replaced. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "?");
}
