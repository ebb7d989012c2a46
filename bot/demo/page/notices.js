// Short notices, alerts that wait for OK, and the large view of a picture.

import { el, icon } from "./dom.js";

const SHOWN_MS = 3500;

/** Show a short notice. */
export function toast(text) {
  const element = el("p", { class: "toast" }, text);
  const toasts = document.getElementById("toasts");
  toasts.replaceChildren(element); // one at a time, as Telegram does
  setTimeout(() => {
    element.classList.add("leaving");
    setTimeout(() => element.remove(), 250);
  }, SHOWN_MS);
}

/** Show a text that must be read. */
export function alertBox(text) {
  const ok = el("button", { type: "button", class: "plain", autofocus: true }, "OK");
  const dialog = el(
    "dialog",
    { class: "alert", "aria-label": "Message of the bot" },
    el("p", {}, text),
    el("footer", {}, ok),
  );
  ok.addEventListener("click", () => dialog.close());
  show(dialog);
}

/** Show a picture as large as the window. */
export function viewPicture(url) {
  const close = el(
    "button",
    { type: "button", class: "round", "aria-label": "Close", autofocus: true },
    icon("close"),
  );
  const dialog = el(
    "dialog",
    { class: "viewer", "aria-label": "Picture" },
    el("img", { src: url, alt: "" }),
    close,
  );
  dialog.addEventListener("click", () => dialog.close());
  show(dialog);
}

function show(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
