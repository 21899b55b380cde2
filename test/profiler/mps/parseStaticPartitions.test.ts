import { describe, expect, test } from "vitest";
import { parseStaticPartitions } from "../../../packages/profiler/src/mps/parseStaticPartitions.ts";

const head = `GPU           Partition    free   used   free   used   clients
                           chunks chunks SM     SM
`;

describe("chunks that an MPS daemon lists", () => {
  test.each([
    [
      "with dashes where a column has no meaning",
      "GPU-11111111  -  10  6  80  48  -\nGPU-11111111  Dx0/AAAA  -  6  -  48  No\n",
    ],
    ["without them", "GPU-11111111    10  6  80  48  \nGPU-11111111  Dx0/AAAA    6    48  No\n"],
  ])("are read %s", (_, rows) => {
    expect(parseStaticPartitions(head + rows)).toEqual({ freeChunks: 10, chunkMultiprocessors: 8 });
  });

  test.each(["", head, "Cannot list partitions", `${head}GPU-11111111 - 0 0 0 0 -\n`])(
    "are unknown in %j",
    (listing) => {
      expect(parseStaticPartitions(listing)).toBeUndefined();
    },
  );
});
