import { describeFound } from "../describeFound.ts";
import { InputError } from "../inputError.ts";
import type { Bytes } from "../units.ts";

/** What a listing says of one profile of one card; what it does not say is absent. */
export interface ListedProfile {
  readonly id: number;
  /** Where instances may begin and how many slices they cover: `nvidia-smi mig -lgipp`. */
  readonly placements?: { readonly starts: readonly number[]; readonly size: number };
  /** Name, number and size of instances: `nvidia-smi mig -lgip`. */
  readonly instance?: {
    readonly name: string;
    readonly most: number;
    readonly memoryBytes: Bytes;
    readonly multiprocessors: number;
  };
}

/** An instance that exists on a card: `nvidia-smi mig -lgi`. */
export interface ListedInstance {
  readonly profile: string;
  readonly profileId: number;
  /** Instance id, as `-dgi -gi` takes it. */
  readonly id: number;
  readonly start: number;
  readonly size: number;
}

/** What nvidia-smi printed of the cards of a machine, card by card. */
export interface MigListing {
  readonly gpus: readonly {
    /** Index as nvidia-smi counts. */
    readonly gpu: number;
    readonly profiles: readonly ListedProfile[];
    readonly instances: readonly ListedInstance[];
  }[];
}

/**
 * Reads what `nvidia-smi mig` prints, pasted as it is: `-lgipp` (possible placements), `-lgip` (profiles) and `-lgi` (instances), in any order
 * and mixed with prompts and frames.
 *
 * @throws InputError when it holds none of these, a line of them cannot be read, or lines contradict each other
 * @example parseMigListing("GPU  0 Profile ID  9 Placements: {0,4}:4").gpus[0]
 *   // { gpu: 0, profiles: [{ id: 9, placements: { starts: [0, 4], size: 4 } }], instances: [] }
 */
export function parseMigListing(text: string): MigListing {
  const cards = new Map<number, Card>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    refuseComplaint(line);
    const read = readPlacements(line) ?? readProfile(line) ?? readInstance(line);
    if (read === undefined) {
      if (looksLikeData(line)) throw wrong(i + 1, line, "cannot be read");
      continue;
    }
    const card = cards.get(read.gpu) ?? { profiles: new Map<number, ListedProfile>(), instances: [] };
    cards.set(read.gpu, card);
    if (read.kind === "instance") card.instances.push(read.instance);
    else card.profiles.set(read.profile.id, merged(card.profiles.get(read.profile.id), read.profile, i + 1, line));
  }
  if (cards.size === 0) throw nothingFound();
  const gpus = [...cards].sort(([a], [b]) => a - b);
  return {
    gpus: gpus.map(([gpu, { profiles, instances }]) => ({ gpu, profiles: [...profiles.values()], instances })),
  };
}

interface Card {
  readonly profiles: Map<number, ListedProfile>;
  readonly instances: ListedInstance[];
}

type Line =
  | { readonly kind: "profile"; readonly gpu: number; readonly profile: ListedProfile }
  | { readonly kind: "instance"; readonly gpu: number; readonly instance: ListedInstance };

/** `GPU  0 Profile ID 19 Placements: {0,1,2,3,4,5,6}:1`; with one start, `Placement :`. */
const placementLine = /^\s*GPU\s+(\d+)\s+Profile ID\s+(\d+)\s+Placements?\s*:\s*\{([\d,\s]*)\}\s*:\s*(\d+)\s*$/;
/** `|   0  MIG 1g.5gb        19     7/7        4.75       No     14     0     0   |`; what stands in the next line is not needed. */
const profileLine =
  /^\s*\|\s*(\d+)\s+MIG\s+(\S+)\s+(\d+)\s+\d+\s*\/\s*(\d+)\s+(\d+(?:\.\d+)?)\s+(?:Yes|No)\s+(\d+)(?:\s+\d+)*\s*\|\s*$/;
/** `|   0  MIG 1g.10gb         19        9          2:1     |` */
const instanceLine = /^\s*\|\s*(\d+)\s+MIG\s+(\S+)\s+(\d+)\s+(\d+)\s+(\d+):(\d+)\s*\|\s*$/;

function readPlacements(line: string): Line | undefined {
  const [, gpu, id, starts, size] = placementLine.exec(line) ?? [];
  if (starts === undefined) return undefined;
  const places = starts.split(",").filter((each) => each.trim() !== "");
  const placements = { starts: [...new Set(places.map(Number))].sort((a, b) => a - b), size: Number(size) };
  return { kind: "profile", gpu: Number(gpu), profile: { id: Number(id), placements } };
}

function readProfile(line: string): Line | undefined {
  const [, gpu, name, id, most, gibibytes, multiprocessors] = profileLine.exec(line) ?? [];
  if (name === undefined) return undefined;
  const memoryBytes = Math.round(Number(gibibytes) * 1024) * 2 ** 20;
  const instance = { name, most: Number(most), memoryBytes, multiprocessors: Number(multiprocessors) };
  return { kind: "profile", gpu: Number(gpu), profile: { id: Number(id), instance } };
}

function readInstance(line: string): Line | undefined {
  const [, gpu, profile, profileId, id, start, size] = instanceLine.exec(line) ?? [];
  if (profile === undefined) return undefined;
  const instance = { profile, profileId: Number(profileId), id: Number(id), start: Number(start), size: Number(size) };
  return { kind: "instance", gpu: Number(gpu), instance };
}

/** Frames, headers, prompts and second lines of a row may stand anywhere; a row that cannot be read may not. */
function looksLikeData(line: string): boolean {
  return /Profile ID\s+\S+\s+Placement/.test(line) || /^\s*\|\s*\d+\s+MIG\s/.test(line);
}

/** Joins what two lines say of one profile. */
function merged(known: ListedProfile | undefined, more: ListedProfile, number: number, line: string): ListedProfile {
  for (const part of ["placements", "instance"] as const) {
    const [before, now] = [known?.[part], more[part]];
    if (before !== undefined && now !== undefined && JSON.stringify(before) !== JSON.stringify(now))
      throw wrong(number, line, `contradicts an earlier line on profile ${more.id} of the same GPU`);
  }
  const all = { ...known, ...more };
  const { placements, instance } = all;
  if (placements?.starts.length === 0 || placements?.size === 0)
    throw wrong(number, line, "names no place for an instance");
  if (placements !== undefined && instance !== undefined && instance.most > placements.starts.length)
    throw wrong(
      number,
      line,
      `contradicts another: at most ${instance.most} instances, and ${placements.starts.length} ways to place one`,
    );
  return all;
}

const complaints: readonly (readonly [RegExp, string])[] = [
  [
    /No MIG-(?:enabled|supported) devices? found|MIG (?:mode )?(?:is )?(?:disabled|not enabled)/i,
    "enable MIG first: nvidia-smi -i 0 -mig 1",
  ],
  [/Insufficient Permissions/i, "list again as root"],
  [/couldn't communicate with the NVIDIA driver|command not found/i, "run it where the driver is"],
];

/** What nvidia-smi says when it lists nothing. */
function refuseComplaint(line: string): void {
  const found = complaints.find(([pattern]) => pattern.test(line));
  if (found === undefined) return;
  throw new InputError({ what: "the MIG listing", problem: `says ${describeFound(line.trim())}`, advice: found[1] });
}

function nothingFound(): InputError {
  return new InputError({
    what: "the MIG listing",
    problem: "holds no profile and no placement",
    advice: "paste what nvidia-smi mig -lgipp prints, as it is",
  });
}

function wrong(number: number, line: string, problem: string): InputError {
  return new InputError({
    what: `line ${number} of the MIG listing, ${describeFound(line.trim())},`,
    problem,
    advice: "paste what nvidia-smi mig -lgipp prints, as it is",
  });
}
