import fc from "fast-check";
import { JSDOM } from "jsdom";
import { expect, it } from "vitest";
import { html } from "../../packages/report/src/markup.ts";

it("shows any text as it is, inside an element and inside an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = text.replace(/\r\n?/g, "\n").replaceAll("\0", "");
      const page = new JSDOM(html`<p title="${text}">${text}</p>`.markup).window.document as unknown as {
        querySelector(selector: string): { textContent: string; getAttribute(name: string): string };
        querySelectorAll(selector: string): ArrayLike<unknown>;
      };
      expect(page.querySelectorAll("body *").length).toBe(1);
      expect(page.querySelector("p").textContent).toBe(shown);
      expect(page.querySelector("p").getAttribute("title").replaceAll("\uFFFD", "")).toBe(
        shown.replaceAll("\uFFFD", ""),
      );
    }),
    { numRuns: 50 },
  );
});

it("takes markup as it is, joins lists and drops null", () => {
  const items = ["a", "<b>"].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>${null}${3}`.markup).toBe("<ul><li>a</li><li>&lt;b&gt;</li></ul>3");
});
