import type { SharingLaw } from "./sharingLaw.ts";

export const isolated: SharingLaw = {
  description: "each placement has its partition to itself",
  speeds: null,
};
