// Day and night: the system's choice until the visitor makes their own, which is remembered.

import { icon } from "./dom.js";

const KEY = "coinbell-demo-theme";
const prefersNight = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => document.documentElement.dataset.theme;
const isNight = () => (chosen() ?? (prefersNight.matches ? "night" : "day")) === "night";

/** Wire the button and restore what was chosen before. */
export function startTheme(button) {
  const kept = remembered();
  if (kept === "night" || kept === "day") document.documentElement.dataset.theme = kept;
  const draw = () => {
    button.replaceChildren(icon(isNight() ? "sun" : "moon"));
    button.setAttribute("aria-label", `Switch to ${isNight() ? "day" : "night"} colours`);
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isNight() ? "day" : "night";
    remember(chosen());
    draw();
  });
  prefersNight.addEventListener("change", draw);
  draw();
}

// A browser may refuse storage altogether; the choice then lasts as long as the page.
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    /* kept for this page only */
  }
}
