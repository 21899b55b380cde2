import { playHigh, runFreely, runOut } from "../kernelPlay.ts";
import type { KernelPolicy } from "./kernelPolicy.ts";

/** Stream priorities: whenever the urgent task leaves the device idle another operation starts, however long it takes. */
export const greedy = {
  description: "stream priorities alone: an operation of the others starts whenever the device would be idle",
  title: () => "stream priorities",
  play(play) {
    const { kinds } = play.high;
    const begin = runFreely(play, 0, play.arrival, 0);
    const end = playHigh(play, begin, (row, from, ready) =>
      kinds[row] === 0 ? ready : runFreely(play, from, ready, ready),
    );
    runOut(play, end, true);
  },
} satisfies KernelPolicy;
