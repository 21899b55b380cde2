import { describe, expect, test } from "vitest";
import { serverAddress } from "../../../packages/profiler/src/kserve/serverAddress.ts";

describe("serverAddress", () => {
  test.each([
    ["http://localhost:8000", { origin: "http://localhost:8000", prefix: "", label: "http://localhost:8000" }],
    [
      "https://host/some/prefix/",
      { origin: "https://host", prefix: "/some/prefix", label: "https://host/some/prefix" },
    ],
    ["http://[::1]:80/", { origin: "http://[::1]", prefix: "", label: "http://[::1]" }],
  ])("reads %s", (url, address) => expect(serverAddress(url)).toEqual(address));

  test.each([
    ["ftp://host", "the address of the server is no address of HTTP"],
    ["secret words", "the address of the server is no address of HTTP"],
    ["http://user:secret@host:1", 'server "http://host:1" holds credentials'],
    ["https://secret@host", 'server "https://host" holds credentials'],
    ["http://host?token=secret", 'server "http://host" has a query or a fragment'],
  ])("refuses %s, and repeats no secret", (url, message) => {
    expect(() => serverAddress(url)).toThrow(message);
    expect(() => serverAddress(url)).not.toThrow(/secret/);
  });
});
