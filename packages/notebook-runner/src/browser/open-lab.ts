// JupyterLab in a headless Chromium, driven as a reader would.

import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { projectRoot, workDirectory } from "@sparkify/lib";
import type { Browser, Page } from "playwright-core";
import { startLab } from "../lab/jupyter.js";
import type { Walkthrough } from "../notebooks/notebook.js";
import { launchBrowser } from "./browser.js";

export interface OpenLab {
  page: Page;
  /** The notebooks' folder: a copy, so that JupyterLab's saving changes nothing in the project. */
  folder: string;
  /** The address of a file in that folder's parent. */
  address(path: string): string;
  close(): Promise<void>;
}

export interface OpenLabOptions {
  walkthrough: Walkthrough;
  /** For {@link launchBrowser}. */
  env: NodeJS.ProcessEnv;
  /** Of the window, in pixels. @default 1000 */
  height?: number;
}

/** Opens the contents notebook of a copy of the notebooks. */
export async function openLab({ walkthrough, env, height = 1000 }: OpenLabOptions): Promise<OpenLab> {
  mkdirSync(workDirectory, { recursive: true });
  const folder = mkdtempSync(join(workDirectory, "lab-"));
  const notebooks = basename(walkthrough.main);
  cpSync(walkthrough.main, join(folder, notebooks), { recursive: true });
  cpSync(join(projectRoot, "images"), join(folder, "images"), { recursive: true });
  // Of its own: in the reader's lab no tab may open that is left from here, and here none of the reader's.
  const lab = await startLab({ folder, notebooks, home: join(folder, ".jupyter") });
  const { address } = lab;
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    browser = await launchBrowser(env);
    const page = await browser.newPage({ viewport: { width: 1280, height } });
    page.setDefaultTimeout(60_000);
    await page.goto(address(`${notebooks}/${walkthrough.contents}`));
    await notebook(page).getByRole("heading").first().waitFor();
    return { page, folder, address, close };
  } catch (error) {
    await close(); // a server that is left alone would keep the tests from ending
    throw error;
  }
}

/** The notebook that is in front. */
export function notebook(page: Page) {
  return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
}

/** Opens a notebook by a link in the one in front. */
export async function followLink(page: Page, name: string, heading: string): Promise<void> {
  await notebook(page).getByRole("link", { name }).first().click();
  await notebook(page).getByRole("heading", { name: heading }).first().waitFor();
}

/** Clears the outputs and runs all cells, both through the menu, and waits until every code cell has its number. */
export async function runAllCells(page: Page): Promise<void> {
  await startAllCells(page);
  const code = notebook(page).locator(".jp-CodeCell .jp-InputArea-prompt");
  const waiting = code.filter({ hasText: /\[[ *]\]/ });
  const end = Date.now() + 120_000;
  while ((await waiting.count()) > 0 || (await code.count()) === 0) {
    if (Date.now() > end) throw new Error(`Still waiting for ${await waiting.count()} cells.`);
    await page.waitForTimeout(200);
  }
}

/** The same without the waiting, for a notebook that fails. */
export async function startAllCells(page: Page): Promise<void> {
  const choose = async (menu: string, item: string) => {
    await page.getByRole("menuitem", { name: menu, exact: true }).click();
    await page.getByRole("menuitem", { name: item, exact: true }).click();
  };
  await choose("Edit", "Clear Outputs of All Cells");
  await choose("Run", "Run All Cells");
}
