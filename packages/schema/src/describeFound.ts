const longest = 60;

/** A value as it is quoted in an error message: short, on one line, whatever it holds. */
export function describeFound(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? printable(value.slice(0, longest + 1)) : String(value);
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return typeof value === "string" ? `"${shown}"` : shown;
}

/** Makes control characters visible, so that no content can move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
