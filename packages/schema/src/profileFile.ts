import { z } from "zod";
import { profile } from "./profile.ts";

/** What stands in `profile.json`: everything of a profile but its measurements, which are the table beside it. */
export const profileFile = profile.omit({ measurements: true }).extend({
  definitions: z
    .record(z.string(), z.string())
    .optional()
    .describe("column of measurements.csv → what it means, in words; written for the reader, not used"),
});
export type ProfileFile = Readonly<z.infer<typeof profileFile>>;
