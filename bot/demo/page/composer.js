// Where the visitor writes; or the one button that stands there instead (Start, Unblock, Add).

import { lineOf, senderName } from "./bubble.js";
import { completionList, matching } from "./completion.js";
import { el, icon } from "./dom.js";

const MAX_HEIGHT = 180;

/** Build the foot of a chat; gives { draw, replyTo, put, focus }. `actions`: onSay, onAct. */
export function composer(store, actions) {
  const foot = document.getElementById("foot");
  const drafts = new Map();
  const input = el(
    "textarea",
    {
      id: "message",
      rows: "1",
      placeholder: "Message",
      "aria-label": "Message",
      autocomplete: "off",
      spellcheck: "false",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": "completion",
      "aria-expanded": "false",
      enterkeyhint: "send",
    },
  );
  const send = el("button", { class: "round send", type: "submit", "aria-label": "Send" }, icon("up"));
  const menu = el(
    "button",
    { class: "round slash", type: "button", "aria-label": "Commands", title: "Commands" },
    "/",
  );
  const list = completionList(input, pick);
  const reply = el("div", { class: "replying", hidden: true });
  const form = el(
    "form",
    { class: "composer" },
    list.element,
    reply,
    el("div", { class: "field" }, menu, input, send),
  );
  let answered = null;
  let place = null;

  input.addEventListener("input", changed);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Escape" && answered) replyTo(null);
  });
  input.addEventListener("blur", () => setTimeout(() => document.activeElement !== input && list.close(), 120));
  menu.addEventListener("pointerdown", (event) => event.preventDefault());
  menu.addEventListener("click", () => {
    if (list.isOpen()) return list.close();
    list.update(store.commands(store.chat));
    input.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    const replied = answered;
    clear();
    actions.onSay(text, replied?.message_id).catch(() => put(text));
  });

  function changed() {
    list.update(matching(input.value, store.commands(store.chat)));
    fit();
  }

  function fit() {
    input.style.height = "auto";
    input.style.height = `${Math.min(MAX_HEIGHT, input.scrollHeight)}px`;
    form.classList.toggle("filled", input.value.trim() !== "");
  }

  function clear() {
    input.value = "";
    replyTo(null);
    list.close();
    fit();
  }

  function pick(command) {
    put(`/${command} `);
  }

  function put(text) {
    input.value = text;
    changed();
    input.focus();
  }

  function replyTo(message) {
    answered = message;
    reply.hidden = message === null;
    if (message === null) return reply.replaceChildren();
    const name = store.isOwn(message) ? "You" : senderName(message);
    const words = el(
      "div",
      { class: "words" },
      el("strong", {}, `Reply to ${name}`),
      el("span", {}, lineOf(message)),
    );
    const close = el(
      "button",
      { class: "round", type: "button", "aria-label": "Cancel the reply", onclick: () => replyTo(null) },
      icon("close"),
    );
    reply.replaceChildren(icon("reply"), words, close);
    input.focus();
  }

  function draw() {
    const here = `${store.openChatId}/${store.openThread}`;
    if (here !== place) {
      if (place !== null) drafts.set(place, input.value);
      place = here;
      input.value = drafts.get(here) ?? "";
      replyTo(null);
      list.close();
    }
    const instead = store.chat ? standIn(store.chat, actions) : el("div");
    input.placeholder = store.chat?.type === "channel" ? "Broadcast" : "Message";
    if (instead) foot.replaceChildren(instead);
    else if (form.parentNode !== foot) foot.replaceChildren(form);
    fit();
  }

  return { draw, replyTo, put, focus: () => form.isConnected && input.focus() };
}

/** Give the button that a chat shows in place of the composer, or null where one may write. */
function standIn(chat, actions) {
  const button = (words, action) =>
    el("button", { class: "stand-in", type: "button", onclick: () => actions.onAct(action) }, words);
  if (chat.type === "private" && chat.blocked) return button("Unblock the bot", "unblock");
  if (chat.type === "private" && chat.messages.length === 0) return button("Start", "start");
  return null;
}
