import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderReport } from "@partitune/report";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  syntheticFillPlan,
  syntheticKernelProfile,
  syntheticKernelSharing,
  syntheticKernelTrace,
  syntheticResponseTimes,
  syntheticSchedulability,
} from "./syntheticKernels.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const skipped = executablePath === undefined ? " (skipped: no Chromium; apt-get install chromium)" : "";
const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
const names = ["<script>alert(1)</script>", "a_name_without_a_gap_".repeat(6)] as const;

describe.skipIf(executablePath === undefined)(`a page about kernels in a browser${skipped}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "partitune-kernels-"));
  const file = join(folder, "kernels.html");
  let browser: Browser;
  let messages: string[];

  beforeAll(async () => {
    const [high, low] = names;
    const shape = { steps: 2, operations: 400, gaps: [5_000, 200_000], names: [...names, "gemm"] } as const;
    const page = renderReport({
      title: "Kernels",
      kernelTraces: [high, low].map((task) => syntheticKernelTrace({ ...shape, task })),
      kernelProfiles: [syntheticKernelProfile("worthwhile", high)],
      kernelSharings: [syntheticKernelSharing(high, low)],
      kernelFillPlans: [syntheticFillPlan(high, low)],
      responseTimes: [syntheticResponseTimes("gcaps-suspend", low), syntheticResponseTimes("host-gap", low)],
      schedulabilities: [syntheticSchedulability()],
    });
    writeFileSync(file, page);
    browser = await chromium.launch({ executablePath: executablePath!, args: flags });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function visit(width: number): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    messages = [];
    page.on("console", (message) => messages.push(message.text()));
    page.on("dialog", (dialog) => void dialog.dismiss().then(() => messages.push("dialog")));
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  it.each([390, 1280])("fits into %i px and runs nothing", async (width) => {
    const page = await visit(width);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    expect(messages).toEqual([]);
    await page.close();
  });

  it("magnifies one timeline and not the other", async () => {
    const page = await visit(1000);
    const widths = () =>
      page.evaluate("[...document.querySelectorAll('.zoom-view')].map((pane) => pane.scrollWidth / pane.clientWidth)");
    expect(await widths()).toEqual([1, 1]);
    await page.locator("#kernels-1 input.to-4").check();
    expect(await widths()).toEqual([4, 1]);
    const shown = await page.locator("#kernels-1 .from-4:visible").count();
    expect(shown).toBeGreaterThan(0);
    expect(await page.locator("#kernels-2 .from-4:visible").count()).toBe(0);
    await page.close();
  });

  it("brings a gap into view when its link is followed, however far it is magnified", async () => {
    const page = await visit(1000);
    await page.locator("#kernels-2 input.to-4").check();
    for (const link of await page.locator("#kernels-2 .gap-links a").all()) {
      await link.click();
      const id = (await link.getAttribute("href"))!;
      const gap = (await page.locator(id).boundingBox())!;
      expect(gap.x).toBeGreaterThanOrEqual(0);
      expect(gap.x + gap.width).toBeLessThanOrEqual(1000);
    }
    await page.close();
  });
});
