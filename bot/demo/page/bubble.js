// One message as Telegram shows it: sender, quoted reply, picture, text, preview, time, buttons.

import { fullText, timeText } from "./clock.js";
import { el, hueOf, icon } from "./dom.js";
import { keyboard } from "./keyboard.js";
import { photoUrl } from "./api.js";
import { previewCard, previewOf } from "./preview.js";
import { senderId } from "./timeline.js";
import { textNodes } from "./text.js";

/** Build a message's row. `actions`: onCommand, onCopy, onReply, onJump, onPicture, onPress. */
export function messageRow({ message, own }, { names, isOwn, actions }) {
  const bubble = el("div", { class: "bubble" });
  const row = el(
    "article",
    { class: own ? "row own" : "row", "data-message": message.message_id, "aria-label": label(message, own) },
    el("div", { class: "stack" }, bubble, keyboard(message, actions)),
    replyButton(message, actions),
  );
  if (names && !own) bubble.append(el(
    "p",
    { class: `sender ink-${hueOf(senderId(message))}` },
    senderName(message),
  ));
  // In a forum every message answers the service message that opened its thread: nobody said that.
  const answered = message.reply_to_message;
  if (answered && !answered.forum_topic_created) bubble.append(quotedReply(answered, isOwn, actions));
  fillBubble(bubble, message, actions);
  row.addEventListener("dblclick", (event) => {
    if (event.target === row) actions.onReply(message);
  });
  return row;
}

/** Give a message in one line, for the chat list and for quotes. */
export function lineOf(message) {
  const text = message.text ?? message.caption;
  const kind = message.photo ? "Photo" : message.document ? (message.document.file_name ?? "File") : "Message";
  return (text || kind).replace(/\s+/g, " ").trim();
}

/** Give the name that a message is signed with. */
export function senderName(message) {
  return message.sender_chat?.title ?? message.from?.first_name ?? message.chat?.title ?? "";
}

function label(message, own) {
  return `${own ? "You" : senderName(message)}, ${timeText(message.date)}`;
}

function fillBubble(bubble, message, actions) {
  const preview = previewOf(message);
  const card = preview && previewCard(preview);
  const isBare = message.photo && !message.caption;
  const isBelow = Boolean(message.photo) && Boolean(message.show_caption_above_media);
  if (message.photo && !isBelow) bubble.append(photo(message, actions));
  if (message.document) bubble.append(documentLine(message.document));
  if (card && preview.isAbove) bubble.append(card);
  const text = textBlock(message, actions);
  if (text) bubble.append(text);
  if (isBelow) bubble.append(photo(message, actions));
  if (card && !preview.isAbove) bubble.append(card);
  const isWide = Boolean(message.photo) || (preview !== null && preview.isLarge !== false);
  bubble.classList.toggle("wide", isWide);
  bubble.classList.toggle("bare", Boolean(isBare));
  const hasTail = text && !isBelow && !(card && !preview.isAbove) && !endsInBlock(message);
  const time = meta(message);
  if (hasTail) text.append(el("span", { class: "gap", "aria-hidden": "true" }, time.textContent));
  else time.classList.add("own-line");
  bubble.append(time);
}

/** Tell whether a text ends in a quote or code block, beside which the time has no room. */
function endsInBlock(message) {
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities ?? [];
  const blocks = new Set(["pre", "blockquote", "expandable_blockquote"]);
  const end = text.trimEnd().length;
  return entities.some(({ type, offset, length }) => blocks.has(type) && offset + length >= end);
}

function textBlock(message, actions) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  const entities = message.entities ?? message.caption_entities;
  return el("div", { class: "text", dir: "auto" }, ...textNodes(text, entities, actions));
}

function meta(message) {
  const edited = message.edit_date ? "edited " : "";
  const title = fullText(message.date) + (message.edit_date ? `\nEdited ${fullText(message.edit_date)}` : "");
  return el("span", { class: "meta", title }, edited, timeText(message.date));
}

function photo(message, actions) {
  const size = message.photo.reduce((best, next) => (next.width > best.width ? next : best));
  const source = photoUrl(size.file_id);
  const image = el(
    "img",
    { src: source, alt: message.caption ?? "Photo", width: size.width, height: size.height, decoding: "async" },
  );
  return el(
    "button",
    {
      type: "button",
      class: "photo",
      "aria-label": "Open the photo",
      onclick: () => actions.onPicture(source),
    },
    image,
  );
}

function documentLine(file) {
  const size = file.file_size === undefined ? "" : `${Math.max(1, Math.round(file.file_size / 1024))} kB`;
  const words = el(
    "span",
    { class: "words" },
    el("strong", {}, file.file_name ?? "File"),
    el("span", {}, size),
  );
  const attributes = { class: "document", href: photoUrl(file.file_id), download: file.file_name ?? "file" };
  return el("a", attributes, el("span", { class: "disc" }, icon("file")), words);
}

function quotedReply(message, isOwn, actions) {
  const attributes = {
    type: "button",
    class: "quoted-reply",
    onclick: () => actions.onJump(message.message_id),
  };
  const name = isOwn(message) ? "You" : senderName(message);
  return el("button", attributes, el("strong", {}, name), el("span", {}, lineOf(message)));
}

function replyButton(message, actions) {
  const attributes = {
    type: "button",
    class: "reply-to",
    "aria-label": "Reply",
    title: "Reply",
    onclick: () => actions.onReply(message),
  };
  return el("button", attributes, icon("reply"));
}
