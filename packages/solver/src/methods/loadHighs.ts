import type { Highs } from "highs";

let loading: Promise<Highs> | undefined;

/** The HiGHS solver, compiled to WebAssembly; loaded once, when first needed. */
export function loadHighs(): Promise<Highs> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Highs> {
  const { default: loader } = await import("highs");
  // highs 1.15.3 declares its types as a CommonJS module's, which hides the function of its ES module one level deeper.
  return (loader as unknown as typeof loader.default)();
}
