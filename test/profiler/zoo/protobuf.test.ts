import { describe, expect, test } from "vitest";
import {
  bytesField,
  type Encoded,
  encode,
  floatField,
  messageField,
  packedVarintsField,
  textField,
  varintField,
} from "../../../packages/profiler/src/zoo/protobuf.ts";

/** The examples of protobuf.dev, "Encoding". */
describe("protocol-buffer encoding", () => {
  test.each([
    ["an integer of one byte", varintField(1, 1), "08 01"],
    ["an integer of two bytes", varintField(1, 150), "08 96 01"],
    ["minus one as ten bytes", varintField(1, -1), "08 ff ff ff ff ff ff ff ff ff 01"],
    ["a field number above 15", varintField(20, 7), "a0 01 07"],
    ["a text", textField(2, "testing"), "12 07 74 65 73 74 69 6e 67"],
    ["a message in a message", messageField(3, varintField(1, 150)), "1a 03 08 96 01"],
    ["packed integers", packedVarintsField(6, [3, 270, 86942]), "32 06 03 8e 02 9e a7 05"],
    ["a float", floatField(2, 1), "15 00 00 80 3f"],
    ["fields one after another", encode(varintField(1, 1), textField(2, "é")), "08 01 12 02 c3 a9"],
  ])("%s is encoded as the standard says", (_, encoded, hex) => {
    expect(bytesOf(encoded)).toBe(hex);
    expect(encoded.length).toBe(hex.split(" ").length);
  });

  test("bytes are produced only when they are written", () => {
    let produced = 0;
    const field = bytesField(9, {
      length: 3,
      *produce() {
        produced += 1;
        yield Uint8Array.of(1, 2);
        yield Uint8Array.of(3);
      },
    });
    expect(produced).toBe(0);
    expect(bytesOf(messageField(1, field))).toBe("0a 05 4a 03 01 02 03");
    expect(produced).toBe(1);
  });
});

function bytesOf(message: Encoded): string {
  const chunks = message.parts.flatMap((part) => (part instanceof Uint8Array ? [part] : [...part.produce()]));
  return Buffer.concat(chunks)
    .toString("hex")
    .replace(/..(?=.)/g, "$& ");
}
