import { describe, expect, test } from "vitest";
import { readFleetDemands } from "../../packages/cli/src/readFleetDemands.ts";

const workloads = ["resnet50", "zoo:resnet18", "zoo:vgg:16"];

describe("readFleetDemands", () => {
  test.each([
    ["resnet50 4/s 60ms", "resnet50", undefined],
    ["photos:resnet50 4/s 60ms", "resnet50", "photos"],
    ["zoo:resnet18 4/s 60ms", "zoo:resnet18", undefined],
    ["photos:zoo:resnet18 4/s 60ms", "zoo:resnet18", "photos"],
    ["a:b:zoo:vgg:16 4/s 60ms", "zoo:vgg:16", "a:b"],
    ["photos:unknown 4/s 60ms", "unknown", "photos"],
    [":resnet50 4/s 60ms", ":resnet50", undefined],
  ])("takes what stands before the workload in %j for the service", (text, workload, service) => {
    const [demand] = readFleetDemands({ demand: [text] }, workloads);
    expect([demand!.workload, demand!.service]).toEqual([workload, service]);
  });

  test("wants a demand", () => {
    expect(() => readFleetDemands({}, workloads)).toThrow("names no demand");
  });
});
