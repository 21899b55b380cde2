import { InputError } from "@partitune/schema";

/**
 * A text as one word of a POSIX shell, whatever it contains: in single quotes, where nothing but a single quote is special.
 *
 * @throws InputError when the text contains a zero byte, which no argument can
 * @see POSIX.1-2024, Shell Command Language, 2.2.2 Single-Quotes
 * @example shellQuote("it's")  // 'it'\''s'
 */
export function shellQuote(text: string): string {
  if (!text.includes("\0")) return `'${text.replaceAll("'", "'\\''")}'`;
  throw new InputError({
    what: `text ${JSON.stringify(text)}`,
    problem: "contains a zero byte",
    advice: "leave it out: no program can be given one",
  });
}
