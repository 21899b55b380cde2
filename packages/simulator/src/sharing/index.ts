import { alternate } from "./alternate.ts";
import { fair } from "./fair.ts";
import { isolated } from "./isolated.ts";
import { mixed } from "./mixed.ts";
import type { SharingLaw } from "./sharingLaw.ts";

/** Every sharing law, by the name it is chosen by. */
export const sharingLaws = { isolated, fair, alternate, mixed: mixed(0.5) } as const satisfies Record<
  string,
  SharingLaw
>;

export type SharingName = keyof typeof sharingLaws;
