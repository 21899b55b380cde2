import { z } from "zod";

/** How a file came to be: who made it, when, from what, with which seed. Stands in every file partitune writes. */
export const made = z.strictObject({
  tool: z.string().describe('the tool and its version, e.g. "partitune 0.1.0"'),
  at: z.iso.datetime().describe("when it was made, UTC"),
  seed: z.union([z.string(), z.number()]).nullable().describe("seed of everything random in it; null when nothing was"),
  inputs: z
    .array(
      z
        .strictObject({ name: z.string().describe("file or folder name"), sha256: z.string().describe("its digest") })
        .readonly(),
    )
    .readonly()
    .describe("the files it was made from"),
});
export type Made = Readonly<z.infer<typeof made>>;

export const toolName = "partitune 0.1.0";
