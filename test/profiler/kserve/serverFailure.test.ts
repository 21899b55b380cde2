import { describe, expect, test } from "vitest";
import { failureOfConnection, failureOfStatus } from "../../../packages/profiler/src/kserve/serverFailure.ts";

const of = (status: number, text: string, location?: string) => failureOfStatus(status, text, location, "while tried");
const said = (error: string) => JSON.stringify({ error });

describe("failureOfStatus", () => {
  test.each([
    // Triton's words for a batch that is too large, for an allocation that fails, and for a queue that is full.
    [400, said("[request id: <id_unknown>] inference request batch-size must be <= 8 for 'r50'"), "bad-batch", true],
    [400, said("unexpected shape for input 'x' for model 'm'. Expected [-1,4], got [1,5]"), "bad-batch", true],
    [500, said("failed to allocate pinned system memory"), "out-of-memory", true],
    [500, said("CUDA out of memory. Tried to allocate 2 GiB"), "out-of-memory", true],
    [500, said("onnx runtime error 2: Got invalid dimensions for input: x"), "bad-batch", true],
    [503, said("Exceeds maximum queue size"), "failed", false],
    [429, "slow down", "failed", false],
    [413, "", "bad-batch", true],
    [422, JSON.stringify({ detail: "wrong shape" }), "bad-batch", true],
    [404, said("unknown model"), "failed", true],
    [401, "", "failed", true],
    [502, "<html><h1>Bad Gateway</h1></html>", "failed", false],
    [500, "", "failed", false],
  ])("%i %s is %s", (status, text, code, final) => expect(of(status, text)).toMatchObject({ code, final }));

  test("repeats the server's own message, in one line and no longer than needed", () => {
    expect(of(400, said("no\nsuch \u001b[31mthing")).message).toBe(
      "server answered 400 while tried: no such [31mthing",
    );
    expect(of(500, JSON.stringify({ error: { code: 7 } })).message).toContain('{"code":7}');
    expect(of(502, "<html><h1>Bad Gateway</h1></html>").message).toBe("server answered 502 while tried: Bad Gateway");
    expect(of(500, "x".repeat(1e5)).message.length).toBeLessThan(400);
  });

  test("names the host of a redirect, and nothing of its path", () => {
    const { message, final } = of(302, "", "https://user:secret@other:1/login?token=secret");
    expect(message).toBe(
      "server answered 302 while tried: a redirect to https://other:1; give the address of the server itself",
    );
    expect(final).toBe(true);
    expect(of(301, "").message).toContain("a redirect; give");
  });

  test("says how to give credentials", () => {
    expect(of(403, said("who are you")).message).toContain("PARTITUNE_KSERVE_AUTHORIZATION");
  });
});

describe("failureOfConnection", () => {
  const broken = (code: string, message: string) =>
    failureOfConnection(Object.assign(new Error(message), { code }), "http://h:1", "while tried");

  test.each([
    ["ECONNREFUSED", "crashed", false, "nothing answers at http://h:1"],
    ["ECONNRESET", "crashed", false, "connection to http://h:1 broke"],
    ["UND_ERR_SOCKET", "crashed", false, "connection to http://h:1 broke"],
    ["ENOTFOUND", "failed", true, "the host of http://h:1 is not known"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "failed", true, "NODE_EXTRA_CA_CERTS"],
  ])("%s is %s", (code, kind, final, words) => {
    const failure = broken(code, "oh");
    expect(failure).toMatchObject({ code: kind, final });
    expect(failure.message).toContain(words);
  });

  test("looks into the failures of all addresses of a host", () => {
    const each = Object.assign(new Error("connect ECONNREFUSED ::1:1"), { code: "ECONNREFUSED" });
    expect(
      failureOfConnection(new AggregateError([each], "all failed"), "http://h:1", "while tried").message,
    ).toContain("nothing answers");
  });
});
