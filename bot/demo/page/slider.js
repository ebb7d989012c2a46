// One asset's slider: a price between round lines, set while it is dragged.

import { el } from "./dom.js";

const REACH = 0.12; // to both sides of the price, so that a line or two is always in reach
const SEND_MS = 120;
const STEPS = 400;
const NUDGE = 0.01;

/** Write a price with its decimals and commas between thousands. */
export function priceText(price, digits) {
  return Number(price).toLocaleString(
    "en-US",
    { minimumFractionDigits: digits, maximumFractionDigits: digits },
  );
}

/** Give three to six round lines within a range, as numbers. */
export function roundLines(low, high) {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const lines = [];
  for (let count = Math.ceil(low / step); count * step <= high; count += 1) {
    lines.push(Number((count * step).toPrecision(10)));
  }
  return lines;
}

/** Build a slider; gives { element, update }. `onPrice` gets a price as text. */
export function slider(asset, onPrice) {
  const input = el(
    "input",
    { type: "range", min: "0", max: String(STEPS), "aria-label": `Price of ${asset.name}` },
  );
  const ticks = el("div", { class: "ticks", "aria-hidden": "true" });
  const down = nudge("−1 %", 1 - NUDGE);
  const up = nudge("+1 %", 1 + NUDGE);
  const element = el(
    "div",
    { class: "slider", hidden: true },
    el("div", { class: "track" }, input, ticks),
    el("div", { class: "nudges" }, down, up),
  );
  let { price, digits } = asset;
  let range = null;
  let timer = null;
  let held = false;

  input.addEventListener("input", () => {
    held = true;
    price = (range.low + ((range.high - range.low) * input.valueAsNumber) / STEPS).toFixed(digits);
    show();
    timer ??= setTimeout(send, SEND_MS);
  });
  input.addEventListener("change", () => {
    held = false;
    send();
  });

  function send() {
    clearTimeout(timer);
    timer = null;
    onPrice(price);
  }

  function nudge(words, factor) {
    // From the price as it will be, so that pressing three times in a row moves it three times.
    const set = () => {
      price = (price * factor).toFixed(digits);
      reach();
      show();
      onPrice(price);
    };
    return el(
      "button",
      { class: "nudge", type: "button", "aria-label": `${asset.symbol} ${words}`, onclick: set },
      words,
    );
  }

  function reach() {
    const value = Number(price);
    const isInside = range && value > range.low && value < range.high;
    if (isInside) return;
    range = { low: value * (1 - REACH), high: value * (1 + REACH) };
    ticks.replaceChildren(...roundLines(range.low, range.high).map(mark));
  }

  function mark(line) {
    const share = (line - range.low) / (range.high - range.low);
    const words = el("span", {}, line >= 10_000 ? `${line / 1000}k` : String(line));
    const element = el("i", {}, words);
    element.style.setProperty("--at", share.toFixed(4));
    return element;
  }

  function show() {
    const share = (price - range.low) / (range.high - range.low);
    input.style.setProperty("--at", share.toFixed(4));
    input.setAttribute("aria-valuetext", `${priceText(price, digits)} dollars`);
    if (!held) input.value = String(Math.round(share * STEPS));
  }

  function update(next) {
    if (held) return;
    ({ price, digits } = next);
    reach();
    show();
  }

  return { element, update };
}
