import { formatPartition, InputError, type Partition } from "@partitune/schema";
import type { Governor } from "./governor.ts";

/** The governor chosen for a partition, and why not a better one. */
export interface GovernorChoice {
  readonly governor: Governor;
  readonly passedOver: readonly { readonly governor: string; readonly reason: string }[];
}

/**
 * The best governor that can set a partition here.
 *
 * @param governors  the best first, as in {@link localGovernors}
 * @throws InputError when none can, with the reason of each of its kind, or because there is none of its kind
 */
export async function chooseGovernor(partition: Partition, governors: readonly Governor[]): Promise<GovernorChoice> {
  const passedOver: { governor: string; reason: string }[] = [];
  for (const governor of governors.filter((each) => each.sets(partition))) {
    const availability = await governor.available(partition);
    if (availability.ok) return { governor, passedOver };
    passedOver.push({ governor: governor.name, reason: availability.reason });
  }
  if (passedOver.length === 0)
    throw new InputError({
      what: `partition "${formatPartition(partition)}"`,
      problem: "is a piece of a card, and nothing here divides a processor so",
      advice: 'choose "whole", shares or cores',
    });
  throw new InputError({
    what: `partition "${formatPartition(partition)}"`,
    problem: `cannot be set on this machine (${passedOver.map((each) => `${each.governor}: ${each.reason}`).join("; ")})`,
    advice: "remove the reason, or leave this partition out",
  });
}
