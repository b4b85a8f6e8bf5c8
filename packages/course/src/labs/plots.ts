// The charts of the labs, as Vega-Lite specifications for showPlot.

/** What a chart shows, for who does not see it: where each series begins and ends. */
function inWords(values: object[], { x, y, color }: { x: string; y: string; color: string }): string {
  const points = values as Record<string, unknown>[];
  const ends = [...new Set(points.map((point) => point[color]))].map((name) => {
    const some = points.filter((point) => point[color] === name);
    const at = (point?: Record<string, unknown>) => `${point?.[y]} at ${point?.[x]}`;
    return `${name}: ${at(some[0])}${some.length > 1 ? `, to ${at(some.at(-1))}` : ""}`;
  });
  return `${y} by ${x}, for each ${color}: ${ends.join("; ")}`;
}

interface Line {
  title: string;
  /** Columns of the values. The axis x has a place for each value; y is logarithmic. */
  x: string;
  y: string;
  color: string;
  /** A red line at this value of y. */
  limit?: number;
}

/**
 * Lines of some values, a point for each.
 * @example await showPlot(linePlot(costs, { title: "All listeners", x: "buckets", y: "milliseconds", color: "song" }));
 */
export function linePlot(values: object[], { title, x, y, color, limit }: Line): object {
  const vertical = { field: y, type: "quantitative", scale: { type: "log" }, title: y };
  const lines = {
    mark: { type: "line", point: true },
    encoding: {
      x: { field: x, type: "ordinal", sort: null, axis: { labelAngle: 0 } },
      y: vertical,
      color: { field: color, type: "nominal", sort: null },
    },
  };
  const rule = { mark: { type: "rule", color: "#b3261e", aria: false }, encoding: { y: { datum: limit } } };
  return {
    title,
    description: inWords(values, { x, y, color }),
    width: 420,
    height: 220,
    data: { values },
    layer: limit === undefined ? [lines] : [lines, rule],
  };
}

interface Bars {
  title: string;
  /** Columns of the values: how long a bar is, what it stands for, and by what bars of one thing differ. */
  x: string;
  y: string;
  color: string;
}

/**
 * Bars of some values, those of one thing side by side.
 * @example await showPlot(barPlot(costs, { title: "20 rows", x: "milliseconds", y: "rows", color: "partitions" }));
 */
export function barPlot(values: object[], { title, x, y, color }: Bars): object {
  return {
    title,
    description: inWords(values, { x: y, y: x, color }),
    width: 400,
    data: { values },
    mark: "bar",
    encoding: {
      x: { field: x, type: "quantitative" },
      y: { field: y, type: "nominal", title: null, sort: null },
      yOffset: { field: color, type: "nominal" },
      color: { field: color, type: "nominal" },
    },
  };
}
