// Elements and icons. Everything outside text enters the page as text nodes, here and nowhere else.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-5 17-4-7zM11 14l9-10",
  market: "M4 19h16M6 15l4-5 4 3 5-7M15 6h4v4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 1 0 0-8zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4",
  moon: "M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  play: "M8 5.5v13l11-6.5z",
  pause: "M8 5.5v13M16 5.5v13",
  reply: "M9 7l-5 5 5 5M4 12h9a7 7 0 0 1 7 7",
  arrow: "M8 16L16 8M9.5 8H16v6.5",
  copy: "M9 9h10v11H9zM5 15V4h10",
  news: "M4 5h12v14H6a2 2 0 0 1-2-2zM16 10h4v7a2 2 0 0 1-4 0M7 9h6M7 12.5h6M7 16h3",
  block: "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18zM5.7 5.7l12.6 12.6",
  group: "M9 6a3 3 0 1 0 0 6 3 3 0 1 0 0-6zM3 19c0-3 2.5-5 6-5s6 2 6 5M16 7a2.5 2.5 0 1 1 0 5M17.5 14.3c2 .6 3.5 2.3 3.5 4.7",
  channel: "M4 10v4h3l7 4V6l-7 4zM18 9a4 4 0 0 1 0 6",
  forum: "M4 5h13v9H9l-5 4zM20 9v11l-4-3h-5",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  up: "M12 19V6M6 11l6-6 6 6",
};

/** Build an element: attributes (on… are listeners, null and false leave one out), then children. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Build an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Build an icon of the set; it is decoration, so the element around it carries the label. */
export function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" },
    svg("path", { d: ICONS[name] }),
  );
}

/** Give the number of the colour that a chat or a person keeps, 0 to 5. */
export function hueOf(id) {
  const digits = [...String(id)].map((digit) => digit.charCodeAt(0));
  return digits.reduce((sum, digit) => (sum * 31 + digit) % 9973, 7) % 6;
}

/** Build a round avatar: the bell for the bot, initials on the chat's colour for the rest. */
export function avatar(id, title, isBot) {
  if (isBot) return el("img", { class: "avatar", src: "/static/bell.svg", alt: "" });
  const words = title.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const initials = words.slice(0, 2).map((word) => word.match(/[\p{L}\p{N}]/u)[0].toUpperCase());
  return el("span", { class: `avatar hue-${hueOf(id)}`, "aria-hidden": "true" }, initials.join(""));
}
