#!/usr/bin/env node
import { run } from "./run.ts";
import { tolerateClosedPipes } from "./tolerateClosedPipes.ts";

tolerateClosedPipes();
process.exitCode = await run(process.argv.slice(2));
