// Pages in a real browser, as axe-core sees them: on a wide light screen, and on a narrow dark one.

import assert from "node:assert/strict";
import { launchBrowser } from "@sparkify/notebook-runner";
import axe from "axe-core";
import type { Page } from "playwright-core";

const screens = [
  { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { colorScheme: "dark", viewport: { width: 375, height: 800 } },
] as const;

/** What a program can find wrong with pages for who cannot see them, or uses no mouse. @param pages HTML by name */
export async function barriersIn(pages: Record<string, string>): Promise<string[]> {
  const browser = await launchBrowser(process.env);
  const found: string[] = [];
  try {
    for (const screen of screens) {
      const page = await browser.newPage(screen);
      for (const [name, html] of Object.entries(pages)) {
        const where = `${name}, ${screen.colorScheme}`;
        await page.setContent(html);
        found.push(...(await violationsOn(page)).map((violation) => `${where}: ${violation}`));
        const bare = await page.evaluate(() =>
          Array.from(document.querySelectorAll("svg:not([aria-hidden=true])"))
            .filter((svg) => {
              const text = (part: string) => svg.querySelector(`:scope > ${part}`)?.textContent?.trim();
              return svg.getAttribute("role") !== "img" || !text("title") || !text("desc");
            })
            .map((svg) => svg.outerHTML.slice(0, 200)),
        );
        for (const svg of bare) found.push(`${where}: a drawing without title and description: ${svg}`);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wider > 0) found.push(`${where}: the page is ${wider} pixels wider than the screen`);
      }
      await page.close();
    }
  } finally {
    await browser.close();
  }
  return found;
}

/** What axe-core finds wrong with the page that is open. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // Without what axe would fetch once more: style sheets, which a browser refuses where pages are opened as files.
  const { violations } = await page.evaluate(() =>
    window.axe.run({ resultTypes: ["violations"], preload: false }),
  );
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`,
  );
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}

export async function assertAccessible(pages: Record<string, string>): Promise<void> {
  assert.deepEqual(await barriersIn(pages), []);
}
