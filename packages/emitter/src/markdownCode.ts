/** A Markdown code span that no text can end early, whatever backticks it contains. */
export function markdownCode(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(1 + Math.max(0, ...runs.map((run) => run.length)));
  const space = runs.length > 0 ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}
