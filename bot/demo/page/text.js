// Text with entities as nodes. Offsets are UTF-16 units, which is what JavaScript counts in.

import { el, icon } from "./dom.js";

const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);
const STYLES = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" };

/** Give an address that may be followed, or null: no scripts, no unknown schemes. */
export function safeUrl(text) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `http://${text}`);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Give a message's first link, as a link preview would pick it, or null. */
export function firstUrl(text, entities) {
  for (const entity of [...entities].sort((a, b) => a.offset - b.offset)) {
    if (entity.type === "text_link") return entity.url;
    if (entity.type === "url") return text.slice(entity.offset, entity.offset + entity.length);
  }
  return null;
}

/** Build the nodes of a text; `onCommand` and `onCopy` are called with the text that was clicked. */
export function textNodes(text, entities, actions) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return nodesBetween(text, 0, text.length, sorted, actions);
}

function nodesBetween(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const from = entity.offset;
    const to = Math.min(end, from + entity.length);
    if (from < at || from >= end) continue;
    if (from > at) nodes.push(text.slice(at, from));
    const inner = entities.slice(index + 1).filter((other) => other.offset < to && other.offset >= from);
    const children = nodesBetween(text, from, to, inner, actions);
    nodes.push(entityNode(entity, text.slice(from, to), children, actions));
    at = to;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function entityNode(entity, text, children, actions) {
  if (entity.type in STYLES) return el(STYLES[entity.type], {}, ...children);
  switch (entity.type) {
    case "url":
      return link(text, children);
    case "text_link":
      return link(entity.url, children);
    case "email":
      return link(`mailto:${text}`, children);
    case "bot_command":
      return el(
        "button",
        { type: "button", class: "command", onclick: () => actions.onCommand(text) },
        ...children,
      );
    case "code":
      return copyable("code", text, children, actions);
    case "pre":
      return preformatted(entity, text, children, actions);
    case "blockquote":
      return el("blockquote", {}, ...children);
    case "expandable_blockquote":
      return expandable(children);
    case "spoiler":
      return spoiler(children);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
    case "phone_number":
      return el("span", { class: "tagged" }, ...children);
    default:
      return el("span", {}, ...children);
  }
}

function link(target, children) {
  const href = safeUrl(target);
  if (href === null) return el("span", {}, ...children);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function copyable(tag, text, children, actions) {
  const element = el(tag, { role: "button", tabindex: "0", title: "Copy" }, ...children);
  element.addEventListener("click", () => actions.onCopy(text));
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter") actions.onCopy(text);
  });
  return element;
}

function preformatted(entity, text, children, actions) {
  const copy = el(
    "button",
    { type: "button", "aria-label": "Copy", onclick: () => actions.onCopy(text) },
    icon("copy"),
  );
  const head = el("div", { class: "pre-head" }, el("span", {}, entity.language ?? ""), copy);
  return el("div", { class: "pre" }, head, el("pre", { tabindex: "0" }, ...children));
}

function expandable(children) {
  const quote = el("blockquote", { class: "expandable" }, el("span", { class: "quoted" }, ...children));
  const button = el(
    "button",
    { type: "button", "aria-expanded": "false", "aria-label": "Show the whole quote" },
    icon("down"),
  );
  button.addEventListener("click", () => {
    const isOpen = quote.classList.toggle("open");
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", isOpen ? "Shorten the quote" : "Show the whole quote");
  });
  quote.append(button);
  return quote;
}

function spoiler(children) {
  const attributes = {
    class: "spoiler",
    role: "button",
    tabindex: "0",
    "aria-label": "Hidden text, press to show",
  };
  const element = el("span", attributes, el("span", { "aria-hidden": "true" }, ...children));
  const show = () => {
    element.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) element.removeAttribute(name);
    element.firstChild.removeAttribute("aria-hidden");
  };
  element.addEventListener("click", (event) => {
    if (!element.classList.contains("shown")) event.preventDefault();
    show();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") show();
  });
  return element;
}
