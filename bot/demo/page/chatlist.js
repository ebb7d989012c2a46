// The list of chats, the header of the open one, and the tabs of a forum's threads.

import { cornerText } from "./clock.js";
import { avatar, el, icon } from "./dom.js";
import { lineOf, senderName } from "./bubble.js";
import { serviceText } from "./timeline.js";

/** Fill the list of chats. */
export function drawChats(store, onOpen) {
  const list = document.getElementById("chats");
  const focused = document.activeElement?.closest?.("[data-chat]")?.dataset.chat;
  const sorted = [...store.chats].sort((a, b) => Math.sign(lastDate(b) - lastDate(a)) || 0);
  list.replaceChildren(...sorted.map((chat) => el("li", {}, entry(store, chat, onOpen))));
  if (focused !== undefined) list.querySelector(`[data-chat="${focused}"]`)?.focus();
  const total = store.unreadTotal;
  document.title = total > 0 ? `(${total}) Coinbell demo` : "Coinbell demo";
}

// A chat with the bot that waits for its Start stands first: it is where a visitor begins.
const lastDate = (chat) => chat.messages.at(-1)?.date ?? (chat.type === "private" ? Infinity : 0);

function entry(store, chat, onOpen) {
  const last = chat.messages.at(-1);
  const unread = store.unread(chat.id);
  const badge = unread > 0 ? el(
    "span",
    { class: "badge", "aria-label": `${unread} unread` },
    String(unread),
  ) : null;
  const top = el(
    "span",
    { class: "line" },
    kindMark(chat),
    el("strong", {}, chat.title),
    el("time", {}, last ? cornerText(last.date) : ""),
  );
  const below = el(
    "span",
    { class: "line" },
    el("span", { class: "snippet" }, ...snippet(store, chat, last)),
    badge,
  );
  const attributes = {
    type: "button",
    class: "entry",
    "data-chat": chat.id,
    "aria-current": chat.id === store.openChatId ? "true" : null,
    onclick: () => onOpen(chat.id),
  };
  return el("button", attributes, chatAvatar(chat), el("span", { class: "lines" }, top, below));
}

const chatAvatar = (chat) => avatar(chat.id, chat.title, chat.type === "private");

function kindMark(chat) {
  if (chat.type === "private") return null;
  return icon(chat.type === "channel" ? "channel" : chat.is_forum ? "forum" : "group");
}

function snippet(store, chat, last) {
  if (store.typing.has(chat.id)) return [el("span", { class: "typing" }, "typing")];
  if (!last) return [chat.type === "private" ? "Press Start to begin" : "No messages yet"];
  const service = serviceText(last, store.bot?.id);
  if (service !== null) return [service];
  if (store.isOwn(last)) return [el("span", { class: "who" }, "You: "), lineOf(last)];
  if (chat.type === "private" || chat.type === "channel") return [lineOf(last)];
  return [el("span", { class: "who" }, `${senderName(last)}: `), lineOf(last)];
}

/** Give the words under a chat's title. */
function status(store, chat) {
  if (chat.type === "private" && chat.blocked) return "bot, blocked by you";
  if (store.typing.has(chat.id)) return "typing";
  if (chat.type === "private") return "bot";
  const count = chat.member_count;
  const noun = chat.type === "channel" ? "subscriber" : "member";
  const kind = chat.type === "channel" ? "channel" : chat.is_forum ? "forum" : "group";
  const parts = [kind];
  if (count) parts.push(`${count} ${noun}${count === 1 ? "" : "s"}`);
  if (chat.member === false) parts.push("the bot was removed");
  return parts.join(", ");
}

/** Fill the header of the open chat. */
export function drawHeader(store, { onBack, onPanel, isPanelOpen }) {
  const bar = document.getElementById("chat-bar");
  const chat = store.chat;
  const held = bar.contains(document.activeElement) ? document.activeElement.id : "";
  const back = el(
    "button",
    { id: "back", class: "round back", type: "button", "aria-label": "Back to the chats", onclick: onBack },
    icon("back"),
  );
  const panel = {
    id: "open-panel",
    class: "round",
    type: "button",
    "aria-label": "Market",
    title: "Market",
    "aria-expanded": String(isPanelOpen),
    "aria-controls": "panel",
    onclick: onPanel,
  };
  const words = chat ? status(store, chat) : "";
  const title = el(
    "div",
    { class: "title" },
    el("h2", {}, chat?.title ?? ""),
    el("p", { class: words === "typing" ? "typing" : null }, words),
  );
  bar.replaceChildren(back, ...(chat ? [chatAvatar(chat)] : []), title, el("button", panel, icon("market")));
  if (held) document.getElementById(held)?.focus();
}

/** Fill the tabs of a forum's threads; hidden for any other chat. */
export function drawThreads(store, onOpen) {
  const bar = document.getElementById("threads");
  const threads = store.threads(store.chat);
  bar.hidden = threads.length === 0;
  const tabs = threads.map(({ id, name }) => tab(store, id, name, onOpen));
  const hadFocus = bar.contains(document.activeElement);
  bar.replaceChildren(...tabs);
  if (hadFocus) bar.querySelector('[aria-selected="true"]')?.focus();
}

function tab(store, id, name, onOpen) {
  const isOpen = id === store.openThread;
  const unread = store.unread(store.openChatId, id);
  const badge = unread > 0 ? el("span", { class: "badge" }, String(unread)) : null;
  const attributes = {
    type: "button",
    role: "tab",
    class: "tab",
    "aria-selected": String(isOpen),
    "aria-controls": "log",
    tabindex: isOpen ? "0" : "-1",
  };
  const element = el("button", { ...attributes, onclick: () => onOpen(id) }, name, badge);
  element.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const threads = store.threads(store.chat);
    const at = threads.findIndex((thread) => thread.id === id);
    if (step) onOpen(threads[(at + step + threads.length) % threads.length].id);
  });
  return element;
}
