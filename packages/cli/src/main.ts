#!/usr/bin/env node
console.log("partitune");
