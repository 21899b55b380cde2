/**
 * Lets whoever reads our output stop reading, as `head` does: a closed stdout ends the process with the exit code it would have had,
 * a closed stderr is no reason to stop measuring.
 */
export function tolerateClosedPipes(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
