import type { MigInstance } from "./card.ts";

/** The instances that `nvidia-smi -L` lists below a card: their names and UUIDs, nothing more. */
export function smiMig(listing: string, uuid: string): readonly MigInstance[] {
  const lines = listing.split("\n");
  const begin = lines.findIndex((line) => isCard(line) && line.includes(`(UUID: ${uuid})`));
  const rest = begin < 0 ? [] : lines.slice(begin + 1);
  const end = rest.findIndex(isCard);
  return (end < 0 ? rest : rest.slice(0, end)).flatMap(toInstance);
}

function isCard(line: string): boolean {
  return /^GPU \d+:/.test(line);
}

function toInstance(line: string): readonly MigInstance[] {
  const [, profile, uuid] = /^\s+MIG (?:\d+c\.)?(\S+)\s+Device\s+\d+: \(UUID: ([^)\s]+)\)/.exec(line) ?? [];
  if (profile === undefined || uuid === undefined) return [];
  const untold = "nvidia-smi -L does not tell it";
  const unread = { start: untold, multiprocessors: untold, memoryBytes: untold };
  return [{ uuid, profile, start: null, multiprocessors: null, memoryBytes: null, unread }];
}
