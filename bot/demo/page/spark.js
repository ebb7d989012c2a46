// Spark lines: a day's prices as a small line with a soft ground.

import { svg } from "./dom.js";

const WIDTH = 72;
const HEIGHT = 28;

/** Give the points of a line through values, as SVG writes them. */
export function points(values, width = WIDTH, height = HEIGHT) {
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const step = width / Math.max(1, values.length - 1);
  return values.map((value, index) => {
    const y = height - 2 - ((value - low) / span) * (height - 4);
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
  });
}

/** Build a spark line; it is decoration, for the change stands beside it as text. */
export function sparkLine(values, isUp) {
  const line = points(values);
  return svg(
    "svg",
    {
      class: isUp ? "spark up" : "spark down",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    svg("polygon", { points: `0,${HEIGHT} ${line.join(" ")} ${WIDTH},${HEIGHT}` }),
    svg("polyline", { points: line.join(" ") }),
  );
}
