import { InputError } from "../inputError.ts";
import type { MigInstance, MigTable } from "../mig.ts";
import type { ListedInstance, MigListing } from "./parseMigListing.ts";
import { formatInstance, overlaps } from "./slices.ts";
import { chooseCard, type ListingOptions } from "./tableFromListing.ts";

/**
 * The instances that exist on a card by its listing (`nvidia-smi mig -lgi`), under the names of its table, by their starts. None where the
 * listing has no such lines.
 *
 * @param table  of the card, see {@link tableFromListing}
 * @throws InputError when listed cards differ in their instances and none is chosen, or when the instances are not a layout of the table
 */
export function instancesFromListing(
  listing: MigListing,
  table: MigTable,
  { gpu }: Pick<ListingOptions, "gpu"> = {},
): readonly MigInstance[] {
  const card = chooseCard(listing, gpu, ({ instances }) =>
    JSON.stringify(instances.map(({ profileId, start }) => [profileId, start]).sort()),
  );
  const sorted = card.instances.toSorted((a, b) => a.start - b.start);
  for (const [i, instance] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before !== undefined && overlaps(before, instance))
      throw wrong(instance, `shares a memory slice with ${formatInstance(before)}`);
  }
  return sorted.map((instance) => toInstance(instance, table));
}

function toInstance(listed: ListedInstance, { profiles }: MigTable): MigInstance {
  const profile = profiles.find(({ id }) => id === listed.profileId);
  if (profile === undefined) throw wrong(listed, `is of profile ${listed.profileId}, which the table has not`);
  if (profile.size !== listed.size || !profile.starts.includes(listed.start))
    throw wrong(listed, `covers ${listed.size} memory slices from ${listed.start} on, which the table does not allow`);
  return { profile: profile.name, start: listed.start };
}

function wrong(listed: ListedInstance, problem: string): InputError {
  const advice = "paste what nvidia-smi mig -lgipp prints, too";
  return new InputError({ what: `instance ${formatInstance(listed)} of the MIG listing`, problem, advice });
}
