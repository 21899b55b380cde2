import type { Executor } from "@partitune/profiler";
import { printable } from "./printable.ts";

/**
 * Does something with an executor, and has it put back what it has changed, however that ends. Where both fail, the work's error is thrown and the
 * other one printed.
 */
export async function withExecutor<T>(executor: Executor, work: () => Promise<T>): Promise<T> {
  let failed = false;
  try {
    return await work();
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await executor.close?.().catch((error: Error) => {
      if (!failed) throw error;
      process.stderr.write(`partitune: ${printable(error.message)}\n`);
    });
  }
}
