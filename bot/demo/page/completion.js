// Completion of commands from the bot's own menu.

import { el } from "./dom.js";

/** Give the commands that a text may be the beginning of, the one that it is already first; none
 * once its first word has ended. */
export function matching(text, commands) {
  const typed = /^\/(\w*)$/.exec(text)?.[1].toLowerCase();
  if (typed === undefined) return [];
  const found = commands.filter(({ command }) => command.toLowerCase().startsWith(typed));
  return found.sort((one, two) => (two.command === typed) - (one.command === typed));
}

/** Build the list over the composer; gives { element, update, close, onKey, isOpen }. */
export function completionList(input, onPick) {
  const element = el(
    "ul",
    { class: "completion", id: "completion", role: "listbox", "aria-label": "Commands", hidden: true },
  );
  let found = [];
  let chosen = 0;

  function update(next) {
    found = next;
    chosen = 0;
    element.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!element.hidden));
    element.replaceChildren(...found.map(option));
    mark(false);
  }

  function option({ command, description }, index) {
    const item = el(
      "li",
      { role: "option", id: `command-${index}`, "aria-selected": "false" },
      el("strong", {}, `/${command}`),
      el("span", {}, description),
    );
    item.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps its focus
    item.addEventListener("click", () => onPick(command));
    item.addEventListener("pointermove", () => choose(index));
    return item;
  }

  function choose(index) {
    if (index === chosen) return;
    chosen = index;
    mark(false);
  }

  function mark(isScrolled) {
    [...element.children].forEach((item, index) => item.setAttribute(
      "aria-selected",
      String(index === chosen),
    ));
    if (element.hidden) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `command-${chosen}`);
    if (isScrolled) element.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  /** Take a key where the list is open; gives true where it was for the list. */
  function onKey(event) {
    if (element.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      chosen = (chosen + step + found.length) % found.length;
      mark(true);
    } else if (event.key === "Tab" || event.key === "Enter") {
      const { command } = found[chosen];
      if (event.key === "Enter" && input.value === `/${command}`) return false; // whole already: send it
      onPick(command);
    } else if (event.key === "Escape") {
      update([]);
    } else return false;
    event.preventDefault();
    return true;
  }

  return { element, update, onKey, close: () => update([]), isOpen: () => !element.hidden };
}
