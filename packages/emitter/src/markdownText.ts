/** A text of one line as it reads, in Markdown: nothing in it is markup. */
export function markdownText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "?").replaceAll(/[\\`*_{}[\]<>#+!|&~^$=@]/g, "\\$&");
}
