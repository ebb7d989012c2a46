// Puts the page together: state from the server, events into the store, the store into the views.

import * as api from "./api.js";
import { drawChats, drawHeader, drawThreads } from "./chatlist.js";
import { composer } from "./composer.js";
import { avatar, el } from "./dom.js";
import { logView } from "./log.js";
import { marketPanel } from "./market.js";
import { alertBox, toast, viewPicture } from "./notices.js";
import { GENERAL, Store } from "./store.js";
import { startTheme } from "./theme.js";

const app = document.getElementById("app");
const store = new Store();
const isWide = matchMedia("(min-width: 1120px)");
const isPhone = matchMedia("(max-width: 719px)");
let isPanelOpen = false;

const actions = {
  onCommand: (text) => trySay(text),
  onCopy: (text) => navigator.clipboard.writeText(text).then(
    () => toast("Copied"),
    () => toast("The browser did not allow copying"),
  ),
  onReply: (message) => write.replyTo(message),
  onPicture: viewPicture,
  onPress: (message, data) => orToast(api.press(message.chat.id, message.message_id, data)),
};
const log = logView(store, actions);
const write = composer(store, {
  onSay: trySay,
  onAct: (action) => orToast(api.act(store.openChatId, action)).catch(() => undefined),
});
const panel = marketPanel(store, { onError: toast, onClose: () => showPanel(false) });

/** Show a failure to the visitor, and pass it on. */
function orToast(promise) {
  return promise.catch((error) => {
    toast(error.message);
    throw error;
  });
}

function trySay(text, replyTo) {
  const words = { chat_id: store.openChatId, text };
  if (store.openThread !== GENERAL) words.thread_id = store.openThread;
  if (replyTo !== undefined) words.reply_to_message_id = replyTo;
  return orToast(api.say(words));
}

function showPanel(isOpen) {
  isPanelOpen = isOpen;
  app.classList.toggle("panel-open", isOpen);
  drawTop();
  if (isOpen) document.querySelector("#panel .close").focus();
  else document.getElementById("open-panel")?.focus();
}

function drawTop() {
  drawHeader(store, { onBack: () => goTo(null), onPanel: () => showPanel(!isPanelOpen), isPanelOpen });
  drawThreads(store, (thread) => goTo(store.openChatId, thread));
}

/** Draw what stands in an empty log: what the bot can do, or that nothing has been written. */
function drawWelcome() {
  document.getElementById("welcome")?.remove();
  const chat = store.chat;
  if (!chat || store.visible.length > 0) return;
  const isPrivate = chat.type === "private";
  const words = isPrivate ? store.bot.description : "Nothing here yet. Type / to see what the bot can do.";
  const title = isPrivate ? "What can this bot do?" : chat.title;
  const card = el(
    "div",
    { class: "welcome", id: "welcome" },
    avatar(chat.id, chat.title, isPrivate),
    el("h3", {}, title),
    el("p", {}, words),
  );
  document.getElementById("scroller").append(card);
}

// The address names the open chat, so that Back, reload and bookmarks do what one expects.
function goTo(chatId, thread = GENERAL) {
  if (chatId === null) location.hash = "";
  else location.hash = thread === GENERAL ? `chat=${chatId}` : `chat=${chatId}&thread=${thread}`;
}

function followHash() {
  const asked = new URLSearchParams(location.hash.slice(1));
  let chatId = asked.has("chat") ? Number(asked.get("chat")) : null;
  const isKnown = store.chats.some(({ id }) => id === chatId);
  if (!isKnown) chatId = isPhone.matches ? null : (store.chats[0]?.id ?? null);
  app.classList.toggle("has-chat", chatId !== null);
  const isOther = chatId !== store.openChatId;
  store.open(chatId, Number(asked.get("thread") ?? GENERAL));
  if (isOther && chatId !== null && !isPhone.matches) write.focus();
}

function drawAll() {
  drawChats(store, goTo);
  drawTop();
  write.draw();
  panel.drawChat();
  drawWelcome();
}

store.addEventListener("chats", drawAll);
store.addEventListener("open", () => {
  drawAll();
  log.redraw();
});
store.addEventListener("log", ({ detail }) => detail.chatId === store.openChatId && log.redraw());
store.addEventListener("typing", () => {
  drawChats(store, goTo);
  drawTop();
});

async function reload() {
  try {
    const before = store.openChatId;
    const state = await api.fetchState();
    const isUpgrade = (message) => message.migrate_from_chat_id === before;
    const upgraded = state.chats.find((chat) => chat.messages.some(isUpgrade));
    store.load(state);
    if (before !== null && upgraded) goTo(upgraded.id);
    else followHash();
  } catch (error) {
    toast(error.message);
  }
}

function onEvent(event) {
  if (event.type === "answer") onAnswer(event);
  else if (event.type === "typing") store.setTyping(event.chat_id, true);
  else if (event.type === "commands" || event.type === "chat") reload();
  else store.apply(event);
}

function onAnswer(event) {
  if (event.chat_id === store.openChatId) log.answered();
  if (event.url) window.open(event.url, "_blank", "noopener,noreferrer");
  if (!event.text) return;
  if (event.show_alert) alertBox(event.text);
  else toast(event.text);
}

const offline = document.getElementById("offline");
startTheme(document.getElementById("theme"));
document.getElementById("scrim").addEventListener("click", () => showPanel(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isPanelOpen && !event.defaultPrevented) showPanel(false);
});
document.addEventListener("visibilitychange", () => !document.hidden && store.markRead());
isWide.addEventListener("change", () => isPanelOpen && showPanel(false));
addEventListener("hashchange", followHash);
api.followEvents({
  onEvent,
  onUp: () => {
    offline.hidden = true;
    reload();
  },
  onDown: () => {
    offline.hidden = false;
  },
});
