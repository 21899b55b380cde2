import { InputError } from "../inputError.ts";
import { type MigProfile, type MigTable, migProfileName } from "../mig.ts";
import type { ListedProfile, MigListing } from "./parseMigListing.ts";

/** Where the rest of a table comes from, and which card is meant. */
export interface ListingOptions {
  /** The card's table as published: names, sizes and numbers that the listing does not tell. */
  readonly base?: MigTable;
  /** Index of the card in the listing; needed where the listed cards differ. */
  readonly gpu?: number;
}

/**
 * The MIG table of a card by its own listing, which is the truth: placements as listed and only profiles that are listed. Profiles are matched
 * with the published table by id, since names change with the driver.
 *
 * Without `-lgip`, names, multiprocessors and memory come from the published table. Without `-lgipp`, placements do. Without both, it is the
 * published table.
 *
 * @throws InputError when a profile has neither listed nor published name or placement, when listed cards differ and none is chosen, or when the
 *   listing is of another card than the published table
 */
export function tableFromListing(listing: MigListing, { base, gpu }: ListingOptions = {}): MigTable {
  const card = chooseCard(listing, gpu, ({ profiles }) => keyOf(profiles));
  if (card.profiles.length === 0 && base !== undefined) return base;
  const profiles = card.profiles.map((listed) =>
    toProfile(
      listed,
      base?.profiles.find(({ id }) => id === listed.id),
    ),
  );
  if (profiles.length === 0)
    throw wrong(`GPU ${card.gpu}`, "is listed without profiles", "paste what nvidia-smi mig -lgipp prints, as it is");
  const memorySlices = Math.max(...profiles.flatMap(({ starts, size }) => starts.map((start) => start + size)));
  if (base !== undefined && base.memorySlices !== memorySlices)
    throw wrong(
      `GPU ${card.gpu}`,
      `has ${memorySlices} memory slices by the listing and ${base.memorySlices} by the table`,
      "choose the card that was listed",
    );
  checkNames(profiles);
  return { kind: "mig", memorySlices, profiles, source: sourceOf(card.profiles, base) };
}

/**
 * The card of a listing that is meant.
 *
 * @param keyOf  what has to be the same of all cards when none is chosen
 * @throws InputError when it is not the same, or when the chosen card is not listed
 */
export function chooseCard(
  { gpus }: MigListing,
  gpu: number | undefined,
  keyOf: (card: ListedCard) => string,
): ListedCard {
  const listed = gpus.map((each) => each.gpu);
  const [first, ...others] = gpu === undefined ? gpus : gpus.filter((each) => each.gpu === gpu);
  if (first === undefined) throw wrong(`GPU ${gpu}`, "is not listed", `choose one of ${listed.join(", ")}`);
  const other = others.find((each) => keyOf(each) !== keyOf(first));
  if (other === undefined) return first;
  throw wrong(
    `GPU ${first.gpu} and GPU ${other.gpu}`,
    "are listed with different profiles, placements or instances",
    "choose one of them; cards that differ need plans of their own",
  );
}

type ListedCard = MigListing["gpus"][number];

function keyOf(profiles: readonly ListedProfile[]): string {
  return JSON.stringify(profiles.toSorted((a, b) => a.id - b.id));
}

function toProfile({ id, placements, instance }: ListedProfile, known: MigProfile | undefined): MigProfile {
  const what = `MIG profile ${id}`;
  const name = instance?.name ?? known?.name;
  if (name === undefined) throw wrong(what, "has no name", "paste what nvidia-smi mig -lgip prints, too");
  if (!migProfileName.safeParse(name).success)
    throw wrong(what, `has a name that no profile can have, ${JSON.stringify(name)}`, 'expected one such as "3g.40gb"');
  const places = placements ?? known;
  if (places === undefined) throw wrong(what, "has no placements", "paste what nvidia-smi mig -lgipp prints, too");
  return {
    name,
    id,
    computeSlices: Number.parseInt(name, 10),
    size: places.size,
    starts: places.starts,
    most: instance?.most ?? known?.most ?? mostApart(places),
    multiprocessors: instance?.multiprocessors ?? known?.multiprocessors ?? null,
    memoryBytes: instance?.memoryBytes ?? known?.memoryBytes ?? null,
  };
}

/** How many instances of one size fit side by side: from the left, each at the first start that is free. */
function mostApart({ starts, size }: { readonly starts: readonly number[]; readonly size: number }): number {
  let [fitting, end] = [0, 0];
  for (const start of starts) {
    if (fitting > 0 && start < end) continue;
    fitting += 1;
    end = start + size;
  }
  return fitting;
}

function checkNames(profiles: readonly MigProfile[]): void {
  const names = profiles.map(({ name }) => name);
  const twice = profiles.find(({ name }, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  const ids = profiles.filter(({ name }) => name === twice.name).map(({ id }) => id);
  throw wrong(
    `MIG profile name "${twice.name}"`,
    `stands for ids ${ids.join(" and ")}`,
    "paste the listings of one driver",
  );
}

function sourceOf(profiles: readonly ListedProfile[], base: MigTable | undefined): string {
  const parts = [
    profiles.every(({ placements }) => placements !== undefined) ? "placements" : "",
    profiles.every(({ instance }) => instance !== undefined) ? "names, multiprocessors and memory" : "",
  ].filter((part) => part !== "");
  const listed = `${parts.length === 0 ? "profiles" : parts.join(", ")} as listed by the card`;
  return parts.length === 2 || base === undefined ? listed : `${listed}, the rest: ${base.source}`;
}

function wrong(what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice });
}
