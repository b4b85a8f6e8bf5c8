// JupyterLab in a headless Chromium, driven as a reader would.

import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, workDirectory } from "@sparkify/lib";
import type { Browser, Page } from "playwright-core";
import { type Lab, startLab } from "../lab/jupyter.js";
import { launchBrowser } from "./browser.js";

export interface OpenLab {
  page: Page;
  /** The notebooks' folder: a copy, so that JupyterLab's saving changes nothing in the project. */
  folder: string;
  /** The address of a file in that folder's parent. */
  address(path: string): string;
  close(): Promise<void>;
}

/** Opens the contents notebook of a copy of the notebooks. @param height of the window, in pixels */
export async function openLab(height = 1000): Promise<OpenLab> {
  mkdirSync(workDirectory, { recursive: true });
  const folder = mkdtempSync(join(workDirectory, "lab-"));
  for (const name of ["notebooks", "images"])
    cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
  // Of its own: in the reader's lab no tab may open that is left from here, and here none of the reader's.
  const lab: Lab = await startLab(false, folder, join(folder, ".jupyter"));
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height } });
    page.setDefaultTimeout(60_000);
    await page.goto(lab.url);
    await notebook(page).getByRole("heading", { name: "Query-first data modelling" }).first().waitFor();
    const address = (path: string) => lab.url.replace("notebooks/00-contents.ipynb", path);
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
