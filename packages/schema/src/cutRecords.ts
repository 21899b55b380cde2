/** Where a CSV record stands in a text: fields without quotes, then, from the field with the first quote on, its `tail`. */
export interface CutRecord {
  /** 1-based line it begins on. */
  readonly line: number;
  readonly start: number;
  /** One after the fields without quotes; less than `start` when there are none. */
  readonly plainEnd: number;
  readonly tail: string | undefined;
}

/** The records of a text, and where the first unfinished one begins. */
export interface CutText {
  readonly records: readonly CutRecord[];
  readonly end: number;
  readonly line: number;
}

/**
 * Cuts text into CSV records without looking into their fields. A record ends at the first line feed with an even number of
 * quotes before it; empty lines are left out, and so are carriage returns before the line feeds that end records.
 *
 * @param text  whole lines, the last ended by a line feed
 * @param firstLine  number of its first line
 */
export function cutRecords(text: string, firstLine: number): CutText {
  const records: CutRecord[] = [];
  let line = firstLine;
  let start = 0;
  let quote = text.indexOf('"');
  while (start < text.length) {
    const feed = text.indexOf("\n", start);
    if (quote !== -1 && quote < start) quote = text.indexOf('"', start);
    const quoted = quote !== -1 && quote < feed;
    const last = quoted ? quotedEnd(text, quote, feed) : { feed, lines: 1 };
    if (last === undefined) break;
    const end = text.charCodeAt(last.feed - 1) === 13 && last.feed > start ? last.feed - 1 : last.feed;
    if (quoted) records.push(cutAtQuote(text, start, quote, end, line));
    else if (end > start) records.push({ line, start, plainEnd: end, tail: undefined });
    start = last.feed + 1;
    line += last.lines;
  }
  return { records, end: start, line };
}

/** The line feed that ends a record with quotes, and its number of lines; undefined when the text ends before. */
function quotedEnd(text: string, firstQuote: number, firstFeed: number): { feed: number; lines: number } | undefined {
  let inside = false;
  let quote = firstQuote;
  for (let feed = firstFeed, lines = 1; feed !== -1; feed = text.indexOf("\n", feed + 1), lines++) {
    for (; quote !== -1 && quote < feed; quote = text.indexOf('"', quote + 1)) inside = !inside;
    if (!inside) return { feed, lines };
  }
  return undefined;
}

function cutAtQuote(text: string, start: number, quote: number, end: number, line: number): CutRecord {
  const comma = text.lastIndexOf(",", quote);
  const plainEnd = comma < start ? start - 1 : comma;
  return { line, start, plainEnd, tail: text.slice(plainEnd + 1, end) };
}
