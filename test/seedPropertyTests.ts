import fc from "fast-check";

// Every property test draws the same cases in every run, so that a failure is one that anybody can see again.
fc.configureGlobal({ seed: 20260101 });
