// Link previews: which link, how large, where, and the card itself.

import { fetchPreview, isOwnUrl } from "./api.js";
import { el } from "./dom.js";
import { firstUrl, safeUrl } from "./text.js";

/** Give what preview a message asks for: { url, isLarge (null: the card decides), isAbove }, or null. */
export function previewOf(message) {
  const options = message.link_preview_options ?? {};
  if (options.is_disabled || message.text === undefined) return null;
  const url = safeUrl(options.url ?? firstUrl(message.text, message.entities ?? []) ?? "");
  if (url === null || !isOwnUrl(url)) return null;
  const isLarge = options.prefer_large_media ? true : options.prefer_small_media ? false : null;
  return { url, isLarge, isAbove: Boolean(options.show_above_text) };
}

/** Tell whether an address is a picture by its name; its card needs no look-up. */
export const isPicture = (url) => /\.(jpe?g|png|webp|gif)$/i.test(new URL(url).pathname);

/** Build the card of a preview; it fills itself, or takes itself away where there is nothing. */
export function previewCard(preview) {
  if (isPicture(preview.url)) return pictureCard(preview.url, preview.isLarge !== false);
  const card = el(
    "a",
    { class: "card", href: preview.url, target: "_blank", rel: "noopener noreferrer", hidden: true },
  );
  fetchPreview(preview.url).then((found) => {
    if (found === null) card.remove();
    else fill(card, found, preview.isLarge ?? false);
  });
  return card;
}

function pictureCard(url, isLarge) {
  const attributes = {
    class: isLarge ? "picture" : "picture small",
    href: url,
    target: "_blank",
    rel: "noopener noreferrer",
  };
  return el("a", { ...attributes, "aria-label": "Picture of the story" }, picture(url));
}

function fill(card, found, isLarge) {
  const words = el("span", { class: "words" });
  if (found.site_name) words.append(el("span", { class: "site" }, found.site_name));
  if (found.title) words.append(el("strong", {}, found.title));
  if (found.description) words.append(el("span", { class: "description" }, found.description));
  card.classList.toggle("large", isLarge);
  card.append(words);
  if (found.image && isOwnUrl(found.image)) card.append(picture(found.image));
  card.hidden = false;
}

function picture(url) {
  const image = el("img", { src: url, alt: "", width: 1200, height: 630, decoding: "async" });
  image.addEventListener("error", () => image.remove());
  return image;
}
