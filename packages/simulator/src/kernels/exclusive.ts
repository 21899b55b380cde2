import { playHigh } from "../kernelPlay.ts";
import type { KernelPolicy } from "./kernelPolicy.ts";

/** The urgent task alone: what all others are compared with. */
export const exclusive = {
  description: "the urgent task alone",
  title: () => "alone",
  play(play) {
    playHigh(play, play.arrival, (_row, _end, ready) => ready);
  },
} satisfies KernelPolicy;
