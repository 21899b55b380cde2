import {
  type Device,
  gpuSchemes,
  InputError,
  type MigTable,
  type Partition,
  type PowerLevels,
  parseMigListing,
  tableFromListing,
  type Warning,
} from "@partitune/schema";
import type { Card, CardDriver, CardFacts, MigInstance } from "./card.ts";
import { choosePower, seenFraction } from "./choosePower.ts";
import { clockLevels } from "./clockLevels.ts";
import { energyScope } from "./energyScope.ts";
import { powerCaps } from "./powerCaps.ts";
import { powerWarnings } from "./powerWarnings.ts";
import { type ShelfCard, shelfCard } from "./shelfCard.ts";

/** What the driver does not tell of a card. */
export interface DescribeCardOptions {
  /** What `nvidia-smi mig -lgip -lgipp` prints: placements and sizes of MIG instances as this driver has them. Absent: as published. */
  readonly migListing?: string;
  /** Index of the card in that listing; needed where the listed cards differ. */
  readonly gpu?: number;
  /** Multiprocessors, of a card whose driver does not tell them. */
  readonly multiprocessors?: number;
}

/** A card as a device, what makes two measurements on it comparable, and what a reader should know. */
export interface DescribedCard {
  readonly device: Device;
  readonly environment: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

/**
 * A card as a device: how it can be cut and which power modes it has. What the driver tells is the truth; the shelf of devices adds what it does not, by the
 * card's name. A card that is not on the shelf is described from what it tells alone, without MIG instances unless they are listed.
 *
 * @throws InputError when the number of its multiprocessors is not known, or a listing cannot be read
 * @throws CardLost
 */
export async function describeCard(
  card: Card,
  driver: Pick<CardDriver, "name" | "versions" | "passedOver" | "unusable">,
  options: DescribeCardOptions = {},
): Promise<DescribedCard> {
  const facts = await card.facts();
  const instances = facts.migEnabled === true ? await card.migInstances() : [];
  const shelf = shelfCard(facts.name);
  const cores = options.multiprocessors ?? facts.multiprocessors ?? shelf.device?.cores;
  if (cores === undefined) throw unknownSize(facts);
  const capability = facts.computeCapability;
  const mig = migTableOf(shelf, options);
  const schemes = gpuSchemes({
    multiprocessors: cores,
    computeCapability: Number(capability ?? 0),
    ...(mig === undefined ? {} : { mig }),
  });
  const chip = capability === null ? "" : `compute capability ${capability}, `;
  const device: Device = {
    name: facts.name,
    kind: "nvidia",
    processor: shelf.device?.processor ?? `${chip}${cores} multiprocessors`,
    cores,
    memoryBytes: facts.memoryBytes,
    partitionSchemes: schemes,
    powerModes: [
      { name: "default", ...(facts.powerLimits === null ? {} : { powerCapWatts: facts.powerLimits.usual }) },
    ],
    ...levelsOf(facts),
    defaultPartition: baselineOf(instances, mig),
    synthetic: false,
  };
  return { device, environment: environmentOf(card, facts, driver), warnings: await warningsOf(card, facts, driver) };
}

function unknownSize({ name, uuid, unread }: CardFacts): InputError {
  return new InputError({
    what: `GPU "${name}" (${uuid})`,
    problem: `does not tell how many multiprocessors it has: ${unread.multiprocessors ?? "no reason given"}`,
    advice: "read it by NVML with MIG off, or give the number",
  });
}

function migTableOf({ mig }: ShelfCard, { migListing, gpu }: DescribeCardOptions): MigTable | undefined {
  if (migListing === undefined) return mig;
  return tableFromListing(parseMigListing(migListing), {
    ...(mig === undefined ? {} : { base: mig }),
    ...(gpu === undefined ? {} : { gpu }),
  });
}

function levelsOf({ powerLimits, clocks }: CardFacts): { readonly powerLevels?: PowerLevels } {
  const caps = powerLimits === null ? {} : { powerCapWatts: powerCaps(powerLimits.least, powerLimits.most) };
  const { leftOut: _, ...clock } = clocks.size === 0 ? { leftOut: [] } : clockLevels(clocks);
  const levels = { ...caps, ...clock };
  return Object.keys(levels).length === 0 ? {} : { powerLevels: levels };
}

/** With MIG on, nothing runs on the whole card: the baseline is the largest instance that is there. */
function baselineOf(instances: readonly MigInstance[], mig: MigTable | undefined): Partition {
  const known = instances.filter(({ profile }) => mig?.profiles.some(({ name }) => name === profile));
  const [largest] = known.toSorted((a, b) => Number.parseInt(b.profile, 10) - Number.parseInt(a.profile, 10));
  return largest === undefined ? { kind: "whole" } : { kind: "mig", profile: largest.profile };
}

function environmentOf(
  card: Card,
  facts: CardFacts,
  driver: Pick<CardDriver, "name" | "versions">,
): Readonly<Record<string, string>> {
  const told = (name: "ecc" | "persistence" | "migEnabled" | "computeMode") => {
    const value = facts[name];
    if (value === null) return `not told: ${facts.unread[name] ?? "no reason given"}`;
    return value === true ? "on" : value === false ? "off" : value;
  };
  return {
    ...driver.versions,
    "card by": driver.name,
    card: card.uuid,
    ECC: told("ecc"),
    "persistence mode": told("persistence"),
    "compute mode": told("computeMode"),
    MIG: told("migEnabled"),
  };
}

async function warningsOf(
  card: Card,
  facts: CardFacts,
  { passedOver, unusable }: Pick<CardDriver, "passedOver" | "unusable">,
): Promise<readonly Warning[]> {
  const { averageWatts, instantWatts } = await card.sample();
  const has = { average: averageWatts !== null, instant: instantWatts !== null, plain: true };
  const reading = choosePower(facts.computeCapability).find((each) => has[each])!;
  const scope = energyScope(facts.name);
  const seen = seenFraction(facts.computeCapability, reading);
  return [
    ...powerWarnings(facts.name, { seen, scope, migEnabled: facts.migEnabled === true }),
    ...passedOver.map((reason) => ({
      code: "card-by-nvidia-smi",
      where: facts.name,
      cause: reason,
      advice: "let NVML be loaded: nvidia-smi tells no energy, and starts a process for each reading",
    })),
    ...unusable.map((reason) => ({
      code: "card-unusable",
      where: "another card of this machine",
      cause: reason,
      advice: "nothing, unless it was meant",
    })),
  ];
}
