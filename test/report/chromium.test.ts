import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderReport } from "@partitune/report";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntheticFleet, syntheticFleetReport } from "./syntheticFleet.ts";
import { syntheticInput } from "./syntheticInput.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const skipped = executablePath === undefined ? " (skipped: no Chromium; apt-get install chromium)" : "";
const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];

const hostileNames = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(2)>',
  "a name & so long ".repeat(11),
] as const;
const sections = [
  "answer",
  "plan",
  "front",
  "fleet",
  "fleet-promises",
  "comparison-1",
  "transition-1",
  "schedule-1",
  "interference-1",
  "kernel-profile-1",
  "kernels-1",
  "kernel-sharing",
  "overlap-1",
  "fill-plan-1",
  "response-times-1",
  "schedulability-1",
  "configurations",
  "workload-1",
  "workload-2",
  "workload-3",
  "runs",
  "warnings",
  "method",
  "environment",
  "definitions",
  "origin",
];

/** What a page did while it was opened. */
interface Visit {
  readonly page: Page;
  readonly messages: string[];
  readonly requests: string[];
}

describe.skipIf(executablePath === undefined)(`a report in a browser${skipped}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "partitune-report-"));
  const pages = {
    plain: join(folder, "plain.html"),
    hostile: join(folder, "hostile.html"),
    large: join(folder, "large.html"),
  };
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(pages.plain, renderReport(syntheticInput()));
    writeFileSync(pages.hostile, renderReport(syntheticInput(hostileNames)));
    const fleetPlan = syntheticFleet({ cards: 300, services: 1000, cut: "mig" });
    writeFileSync(
      pages.large,
      renderReport({ title: "Large", fleetPlan, fleetReport: syntheticFleetReport(fleetPlan) }),
    );
    browser = await chromium.launch({ executablePath: executablePath!, args: flags });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function visit(file: string, width: number, colorScheme: "light" | "dark" = "light"): Promise<Visit> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const messages: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => messages.push(message.text()));
    page.on("pageerror", (error) => messages.push(String(error)));
    page.on("dialog", (dialog) => {
      messages.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, messages, requests };
  }

  it.each(["light", "dark"] as const)(
    "opens in %s without a message and asks for nothing but itself",
    async (scheme) => {
      const { page, messages, requests } = await visit(pages.plain, 1280, scheme);
      expect(messages).toEqual([]);
      expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(pages.plain).href]);
      await page.close();
    },
  );

  it("shows every section, each with content", async () => {
    const { page } = await visit(pages.plain, 1280);
    for (const id of sections) {
      const box = await page.locator(`section#${id}`).boundingBox();
      expect(box?.height, id).toBeGreaterThan(40);
    }
    await page.close();
  });

  it.each([
    ["plain", 420],
    ["plain", 1280],
    ["hostile", 420],
    ["hostile", 1280],
    ["large", 420],
    ["large", 1200],
  ] as const)("fits the %s page into %i px", async (kind, width) => {
    const { page } = await visit(pages[kind], width);
    const needed = await page.evaluate("document.documentElement.scrollWidth");
    expect(needed).toBeLessThanOrEqual(width);
    await page.close();
  });

  it("shows hostile names as text and runs nothing from them", async () => {
    const { page, messages, requests } = await visit(pages.hostile, 1280);
    expect(messages).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("data:"))).toHaveLength(1);
    expect(await page.locator("section#workload-1 > h2").textContent()).toBe(`Workload ${hostileNames[0]}`);
    expect(await page.locator("section#workload-2 > h2").textContent()).toBe(`Workload ${hostileNames[1]}`);
    expect(await page.locator("script, img").count()).toBe(0);
    await page.close();
  });

  it.each(["plain", "hostile"] as const)("keeps every word of the %s page's cards within its piece", async (kind) => {
    const { page } = await visit(pages[kind], 1200);
    const texts = (await page.evaluate(spillScript)) as readonly [string, number][];
    expect(texts.length).toBeGreaterThan(10);
    for (const [text, spilt] of texts) expect(spilt, text).toBeLessThanOrEqual(1);
    await page.close();
  });

  it("keeps words and marks legible on light and on dark ground", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const { page } = await visit(pages.plain, 1280, scheme);
      const contrasts = await page.evaluate(contrastScript);
      for (const [what, ratio, least] of contrasts as [string, number, number][]) {
        expect(ratio, `${what} in ${scheme}`).toBeGreaterThanOrEqual(least);
      }
      await page.close();
    }
  });
});

/** For every text in a piece of a card, by how many pixels it is wider than the piece. */
const spillScript = `[...document.querySelectorAll("svg.card g.piece")].flatMap((piece) => {
  const frame = piece.querySelector("rect").getBoundingClientRect();
  return [...piece.querySelectorAll("text")].map((text) => {
    const own = text.getBoundingClientRect();
    return [text.textContent, Math.max(frame.left - own.left, own.right - frame.right)];
  });
})`;

/** WCAG 2.2 contrast ratios against the paper: at least 4.5 for text (1.4.3), 3 for graphics (1.4.11). */
const contrastScript = `(() => {
  const style = getComputedStyle(document.documentElement);
  const luminance = (hex) => {
    const channels = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255);
    const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const read = (name) => style.getPropertyValue("--" + name).trim();
  const paper = luminance(read("paper"));
  const ratio = (name) => {
    const own = luminance(read(name));
    return (Math.max(own, paper) + 0.05) / (Math.min(own, paper) + 0.05);
  };
  const texts = ["ink", "faint", "kept", "broken", "undecided", "limit", "muted"];
  const graphics = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((i) => "series-" + i);
  return [...texts.map((name) => [name, ratio(name), 4.5]), ...graphics.map((name) => [name, ratio(name), 3])];
})()`;
