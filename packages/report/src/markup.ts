/** Text that is already HTML. Everything else is escaped where it is put into a page. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text and numbers are escaped, markup is taken as it is, lists are joined. */
export type Insertion = string | number | Markup | readonly Markup[] | null;

/**
 * A piece of HTML. Inserted text is escaped, so that no name from a file can become markup.
 *
 * @example html`<p>${"<b>"}</p>`.markup  // "<p>&lt;b&gt;</p>"
 */
export function html(parts: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  const pieces = parts.map((part, i) => part + (i < insertions.length ? insert(insertions[i]!) : ""));
  return { markup: pieces.join("") };
}

/** Marks text as HTML. Only for what this package drew itself. */
export function trusted(markup: string): Markup {
  return { markup };
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function insert(value: Insertion): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value.replace(/[&<>"']/g, (character) => entities[character]!);
  return "markup" in value ? value.markup : value.map((piece) => piece.markup).join("");
}
