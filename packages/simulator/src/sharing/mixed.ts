import { alternate } from "./alternate.ts";
import { fair } from "./fair.ts";
import type { SharingLaw } from "./sharingLaw.ts";

/**
 * Between the optimistic and the pessimistic law of unpartitioned running: a part of the time kernels take turns, else idle parts are lent.
 * The part is a property of kernels that has to be measured.
 *
 * @param turns  part of the time in which kernels take turns, 0 ≤ turns ≤ 1
 */
export function mixed(turns: number) {
  return {
    description: `busy placements divide the processor, but take turns ${Number((100 * turns).toPrecision(3))} % of the time`,
    speeds(busy) {
      const lent = fair.speeds(busy);
      return alternate.speeds(busy).map((speed, i) => turns * speed + (1 - turns) * lent[i]!);
    },
  } satisfies SharingLaw;
}
