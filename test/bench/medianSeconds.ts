/** Median wall-clock time of several runs of the same work, in seconds, after one run that is not counted. */
export function medianSeconds(work: () => unknown, runs = 5): number {
  work();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}
