import { z } from "zod";

/** Something the user should know that did not stop the work. Returned with the result; printing is the caller's business. */
export const warning = z.strictObject({
  code: z.string().describe("stable name, kebab-case, e.g. unsteady"),
  where: z.string().describe("what it is about: a configuration, a file, a workload"),
  cause: z.string().describe("the likely cause, in words"),
  advice: z.string().describe("what to do about it"),
});
export type Warning = Readonly<z.infer<typeof warning>>;
