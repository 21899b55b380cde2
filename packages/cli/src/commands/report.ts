import { writeFileSync } from "node:fs";
import { renderReport } from "@partitune/report";
import { loadAny } from "@partitune/schema";
import { Command } from "commander";

interface ReportOptions {
  readonly out: string;
  readonly title: string;
}

export function reportCommand(): Command {
  return new Command("report")
    .description("Writes one HTML page, without network or scripts from elsewhere, from whatever files it is given.")
    .argument("<files...>", "profile folders, surrogates, fronts, plans, traces, reports")
    .option("--out <file>", "where to write the page", "report.html")
    .option("--title <text>", "title of the page", "partitune report")
    .addHelpText(
      "after",
      "\nExample:\n  $ partitune report profiles/all all.surrogate.json plan.json verdict.json --out report.html",
    )
    .action((files: readonly string[], options: ReportOptions) => {
      writePage(options.out, options.title, files);
      process.stdout.write(`${options.out}\n`);
    });
}

/** Loads whatever the files are and writes the page. */
export function writePage(out: string, title: string, files: readonly string[]): void {
  writeFileSync(out, renderReport({ title, contents: files.map(loadAny) }));
}
