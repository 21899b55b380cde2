import { formatPartition, InputError, type Partition } from "@partitune/schema";
import type { Governor } from "../governors/governor.ts";

/**
 * The governor that can set a partition of a card now.
 *
 * @throws InputError with the reason when none can
 */
export async function chooseCardGovernor(partition: Partition, governors: readonly Governor[]): Promise<Governor> {
  const what = `partition "${formatPartition(partition)}"`;
  const governor = governors.find((each) => each.sets(partition));
  if (governor === undefined)
    throw new InputError({
      what,
      problem: "is a piece of a processor, and this is a card",
      advice: "choose whole, mps-share:0.5, sm-partition:16, green-context:16 or mig:PROFILE",
    });
  const availability = await governor.available(partition);
  if (availability.ok) return governor;
  throw new InputError({
    what,
    problem: `cannot be set on this card (${availability.reason})`,
    advice: "remove the reason, or leave this partition out",
  });
}
