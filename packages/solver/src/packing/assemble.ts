import type { Choices, SizedChoice } from "./choices.ts";
import type { Cover } from "./covers.ts";
import { arrange, computeOf, type Load, type OpenGpu, placeFirst, placeOnNew, toLayout } from "./fleet.ts";
import type { Layout } from "./layout.ts";
import { fullLoad } from "./saturate.ts";

/** How many cards are cut in one way; counts in the order of the card's pieces. */
export interface PatternUse {
  readonly pattern: readonly number[];
  readonly cards: number;
}

/** What is to run on one piece. */
export interface Part {
  readonly piece: string;
  readonly load: Load;
}

/**
 * A layout in which every service has the pieces of its cover: cut by the patterns, and without them, largest piece first, each on the first
 * GPU that takes it; whichever uses fewer GPUs.
 *
 * @param covers  in the order of the services
 */
export function assemble(choices: Choices, covers: readonly Cover[], uses: readonly PatternUse[]): Layout {
  const { card } = choices.problem;
  const parts = choices.services.flatMap((own, i) =>
    own.best.flatMap((choice, k) => repeat({ piece: choice.piece, load: fullLoad(choice, own) }, covers[i]![k]!)),
  );
  const byPattern = toLayout(card, fillPatterns(choices, parts, uses));
  const byFit = toLayout(card, fit(choices, [], parts));
  return byFit.gpus.length < byPattern.gpus.length ? byFit : byPattern;
}

export function repeat(part: Part, times: number): readonly Part[] {
  return Array.from({ length: times }, () => part);
}

export function fillPatterns(choices: Choices, parts: readonly Part[], uses: readonly PatternUse[]): OpenGpu[] {
  const { card } = choices.problem;
  const waiting = new Map([...Map.groupBy(parts, ({ piece }) => piece)]);
  const gpus: OpenGpu[] = [];
  const left: Part[] = [];
  for (const { pattern, cards } of uses) {
    const pieces = card.pieces.flatMap(({ name }, i) => Array.from({ length: pattern[i]! }, () => name));
    const starts = arrange(card, pieces)!;
    for (let each = 0; each < cards; each += 1) {
      const gpu: OpenGpu = { pieces: [] };
      for (const [i, piece] of pieces.entries()) {
        const part = waiting.get(piece)?.pop();
        if (part === undefined) continue;
        if (!placeFirst({ ...card, starts: () => [starts[i]!] }, [gpu], piece, part.load)) left.push(part);
      }
      gpus.push(gpu);
    }
  }
  return fit(choices, gpus, [...left, ...[...waiting.values()].flat()]);
}

/** Adds parts to GPUs by first fit, largest first. */
function fit(choices: Choices, gpus: OpenGpu[], parts: readonly Part[]): OpenGpu[] {
  const { card } = choices.problem;
  const sizes = new Map(card.pieces.map(({ name }) => [name, computeOf(card, name)]));
  for (const { piece, load } of parts.toSorted((a, b) => sizes.get(b.piece)! - sizes.get(a.piece)!)) {
    if (!placeFirst(card, gpus, piece, load)) placeOnNew(card, gpus, piece, load);
  }
  return gpus;
}

/** The cover that a service's pieces in a layout amount to, when it has all of them to itself in its best configurations; else null. */
export function coverIn(layout: Layout, service: string, best: readonly SizedChoice[]): Cover | null {
  const counts = best.map(() => 0);
  for (const { piece, tenants } of layout.gpus.flatMap(({ pieces }) => pieces)) {
    if (!tenants.some((tenant) => tenant.service === service)) continue;
    const at = best.findIndex((choice) => choice.piece === piece);
    if (tenants.length > 1 || at < 0) return null;
    counts[at]! += 1;
  }
  return counts;
}
