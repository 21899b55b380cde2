/** What the energy counter and the power readings stand for: the card, or the card with the processor that it shares a module with. */
export type PowerScope = "gpu" | "module";

/** On GH200, the energy counter covers the whole module, processor included; on other cards it covers the card. */
export function energyScope(name: string): PowerScope {
  return /\bGH200\b/.test(name) ? "module" : "gpu";
}
