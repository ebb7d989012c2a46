// The open chat's messages: drawn once each, kept at the bottom while the reader is there.

import { messageRow } from "./bubble.js";
import { el, icon } from "./dom.js";
import { stopSpinning } from "./keyboard.js";
import { rows } from "./timeline.js";

const NEAR_PIXELS = 80;

/** Build the view of the log; gives { redraw, jumpTo, answered }. */
export function logView(store, actions) {
  const scroller = document.getElementById("scroller");
  const log = document.getElementById("log");
  const pill = document.getElementById("pill");
  const own = { isOwn: (message) => store.isOwn(message), actions: { ...actions, onJump: jumpTo } };
  let drawn = new Map();
  let place = null;
  let isAtBottom = true;
  let missed = 0;
  let newestId = 0;

  scroller.addEventListener("scroll", () => {
    isAtBottom = distance() < NEAR_PIXELS;
    if (isAtBottom) missed = 0;
    showPill();
  });
  pill.addEventListener("click", () => toBottom(true));
  // Pictures and link previews arrive late: what was at the bottom stays there.
  new ResizeObserver(() => isAtBottom && toBottom(false)).observe(log);
  new ResizeObserver(() => isAtBottom && toBottom(false)).observe(scroller);

  function distance() {
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  }

  function toBottom(isSmooth) {
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: isSmooth && !calm() ? "smooth" : "instant" });
  }

  function showPill() {
    pill.hidden = isAtBottom;
    pill.classList.toggle("counted", missed > 0);
    const text = missed === 0 ? "Latest" : missed === 1 ? "1 new message" : `${missed} new messages`;
    pill.replaceChildren(icon("down"), el("span", {}, text));
  }

  function redraw() {
    const here = `${store.openChatId}/${store.openThread}`;
    const isFresh = here !== place;
    const made = rows(store.visible, { isOwn: own.isOwn, botId: store.bot?.id });
    const chat = store.chat;
    const context = { ...own, names: chat !== undefined && chat.type !== "private" };
    const before = isFresh ? new Map() : drawn;
    const next = new Map();
    for (const row of made) next.set(row.key, draw(row, before.get(row.key), context));
    const added = made.filter((row) => row.kind === "message" && !before.has(row.key));
    drawn = next;
    place = here;
    if (isFresh) log.replaceChildren();
    const focus = focusIn(log);
    sync(log, [...next.values()]);
    restoreFocus(log, focus);
    settle(isFresh, added);
  }

  function settle(isFresh, added) {
    const last = store.visible.at(-1);
    const isNews = !isFresh && last !== undefined && last.message_id > newestId;
    newestId = last?.message_id ?? 0;
    if (isFresh) {
      missed = 0;
      isAtBottom = true;
    } else if (isNews) {
      if (store.isOwn(last)) isAtBottom = true;
      else if (!isAtBottom) missed += 1;
      for (const row of added) drawn.get(row.key).classList.add("arriving");
    }
    if (isAtBottom) toBottom(isNews);
    showPill();
  }

  function jumpTo(messageId) {
    const row = log.querySelector(`[data-message="${Number(messageId)}"]`);
    if (!row) return;
    row.scrollIntoView({ block: "center", behavior: calm() ? "instant" : "smooth" });
    row.classList.remove("flash");
    requestAnimationFrame(() => row.classList.add("flash"));
  }

  return { redraw, jumpTo, answered: () => stopSpinning(log) };
}

/** Tell whether the visitor asked for less motion. */
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function draw(row, existing, context) {
  const element = existing ?? build(row, context);
  if (row.kind === "message") {
    element.classList.toggle("first", row.first);
    element.classList.toggle("last", row.last);
  }
  return element;
}

function build(row, context) {
  if (row.kind === "message") return messageRow(row, context);
  return el("p", { class: row.kind }, el("span", {}, row.text));
}

/** Give which control of which message has the focus, or null: an edit replaces its row. */
function focusIn(log) {
  const row = document.activeElement?.closest("[data-message]");
  if (!row || !log.contains(row)) return null;
  return { id: row.dataset.message, index: [...row.querySelectorAll(".key")].indexOf(document.activeElement) };
}

function restoreFocus(log, focus) {
  if (focus === null || log.contains(document.activeElement)) return;
  log.querySelectorAll(`[data-message="${focus.id}"] .key`)[focus.index]?.focus({ preventScroll: true });
}

/** Make an element's children be these, touching only what differs. */
function sync(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}
