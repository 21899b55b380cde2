/** The first line of an error's message. */
export function describeFailure(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
