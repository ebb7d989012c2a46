// Inline keyboards. A pressed button spins until its answer comes, three seconds at most.

import { el, icon } from "./dom.js";
import { safeUrl } from "./text.js";

const SPIN_MS = 3000;

/** Build the buttons under a message, or null where it has none. */
export function keyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length === 0) return null;
  const lines = rows.map((row) =>
    el("div", { class: "keys" }, ...row.map((button) => key(button, message, actions))),
  );
  return el("div", { class: "keyboard", role: "group", "aria-label": "Buttons" }, ...lines);
}

/** Stop what spins under an element: the answer is here. */
export function stopSpinning(root) {
  for (const button of root.querySelectorAll(".key.busy")) setBusy(button, false);
}

function key(button, message, actions) {
  const url = button.url && safeUrl(button.url);
  if (url) {
    return el(
      "a",
      { class: "key", href: url, target: "_blank", rel: "noopener noreferrer" },
      caption(button),
      icon("arrow"),
    );
  }
  if (button.copy_text) {
    return el(
      "button",
      { class: "key", type: "button", onclick: () => actions.onCopy(button.copy_text.text) },
      caption(button),
      icon("copy"),
    );
  }
  const element = el(
    "button",
    { class: "key", type: "button", disabled: button.callback_data === undefined },
    caption(button),
  );
  element.addEventListener("click", () => {
    if (element.classList.contains("busy")) return;
    setBusy(element, true);
    actions.onPress(message, button.callback_data).catch(() => setBusy(element, false));
    setTimeout(() => setBusy(element, false), SPIN_MS);
  });
  return element;
}

const caption = (button) => el("span", {}, button.text);

function setBusy(button, isBusy) {
  button.classList.toggle("busy", isBusy);
  button.toggleAttribute("aria-busy", isBusy);
}
