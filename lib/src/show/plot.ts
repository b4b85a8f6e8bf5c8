// Charts, drawn without a browser.

import { namedSvg } from "@sparkify/base/page";
import { type PictureOptions, showSvg } from "./display.js";

/**
 * Draws a chart as SVG.
 * @param spec a Vega-Lite specification (https://vega.github.io/vega-lite/docs/); its title and its description are the picture's text
 * @example await showPlot({ data: { values }, mark: "bar", encoding: { x: { field: "day" }, y: { field: "plays" } } });
 */
export async function showPlot(spec: object, options: PictureOptions = {}): Promise<void> {
  showSvg(await plotSvg(spec), options);
}

/** The SVG of a chart, for a page. */
export async function plotSvg(spec: object): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const { description = "A chart", title = description } = spec as { title?: string; description?: string };
  const framed = { background: "white", padding: 8, ...spec } as Parameters<typeof compile>[0];
  const view = new vega.View(vega.parse(compile(framed).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return namedSvg(svg, String(title).split(/[:,;] /)[0] as string, description);
}
