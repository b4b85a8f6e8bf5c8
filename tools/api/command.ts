// npm run api: pages of what the library and the packages export, in out/api/.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { installNpmPackages } from "@sparkify/base/install/installers";
import { step } from "@sparkify/base/install/step";
import { runChild } from "@sparkify/base/processes";
import { projectRoot, shortPath, workDirectory } from "@sparkify/lib";

const asMarkdown = [
  "--plugin",
  "typedoc-plugin-markdown",
  "--router",
  "module",
  "--hidePageHeader",
  "--hideBreadcrumbs",
  "--hidePageTitle",
  "--useHTMLAnchors",
  "--anchorPrefix",
  "api-",
  ...["parameters", "interfaceProperties", "classProperties", "propertyMembers"].flatMap((part) => [
    `--${part}Format`,
    "table",
  ]),
];

export async function api(): Promise<number> {
  const out = join(workDirectory, "out", "api");
  await writeApi(out, "html");
  console.log(`The pages: ${shortPath(join(out, "index.html"))}`);
  return 0;
}

/**
 * Writes the pages into a folder.
 * @param form "markdown" for the site: a page for each room, `lib/src.md` or `packages/loader/src.md`, without a title
 */
export async function writeApi(out: string, form: "html" | "markdown"): Promise<void> {
  const folder = join(projectRoot, "build", "api");
  const sources = join(projectRoot, "tools", "api");
  await installNpmPackages("Install typedoc", sources, folder);
  const settings = join(sources, "tsconfig.json");
  /** The rooms that others would use. */
  const { files } = JSON.parse(readFileSync(settings, "utf8")) as { files: string[] };
  await step("Write the pages of the library and the packages", async (news) => {
    const typedoc = join(folder, "node_modules", "typedoc", "bin", "typedoc");
    const args = [
      typedoc,
      ...files.map((file) => join(sources, file)),
      "--name",
      "Sparkify",
      "--readme",
      "none",
      "--tsconfig",
      settings,
      "--validation.notExported",
      "false",
      "--treatWarningsAsErrors",
      "--skipErrorChecking", // the project's own compiler has checked them
      "--disableSources",
      ...(form === "html" ? ["--customCss", join(sources, "pages.css")] : asMarkdown),
      "--out",
      out,
    ];
    const { code, tail } = await runChild(process.execPath, args, { cwd: projectRoot, onLine: news });
    if (code !== 0) throw new SparkifyError(`typedoc could not read the sources:\n${tail}`);
    if (form === "html") takeIconsFromPages(out);
  });
}

/** A browser takes no icon from another file where pages are opened as files; a script puts them all into each page. */
function takeIconsFromPages(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".html")) continue;
    const path = join(folder, name);
    const html = readFileSync(path, "utf8");
    writeFileSync(path, html.replace(/<use href="[^"#]*icons\.svg#/g, '<use href="#'));
  }
}
