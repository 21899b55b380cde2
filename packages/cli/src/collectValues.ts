/** For options that may be given several times: adds the value to those before. */
export function collectValues(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
