import type { SharingLaw } from "./sharingLaw.ts";

export const isolated = {
  description: "each placement has its partition to itself",
  speeds: null,
} satisfies SharingLaw;
