/** Characters that no name has: control characters, and what stands for bytes that are no UTF-8. */
const strange = /[\p{Cc}\p{Cf}\u2028\u2029\uFFFD]+/gu;

/** Text of a driver, made safe to print: one line, without control characters or spaces at its ends. */
export function cleanText(text: string): string {
  return text.replaceAll(strange, " ").trim();
}

/** Text in a C buffer: up to its first NUL, or to its end where a driver forgot it. */
export function textIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return cleanText(new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)));
}
