// The panel: the sample market with its sliders, the next story, what can be done to the open chat.

import { act, fetchMarket, fetchNews, publishNews, setPrice, setRunning } from "./api.js";
import { el, icon } from "./dom.js";
import { priceText, slider } from "./slider.js";
import { sparkLine } from "./spark.js";

const POLL_MS = 2000;
const FIRST = 6; // of the assets, before one asks for more
const ARRIVAL_MS = 4000; // by then a story has reached whoever follows it
const ORDER = ["BTC", "ETH", "SOL", "XRP", "BNB", "DOGE", "ADA", "LINK", "TON", "LTC", "USDT", "USDC"];

/** Build the panel; gives { drawChat }. `actions`: onError(text), onTry(text), onClose(). */
export function marketPanel(store, actions) {
  const panel = document.getElementById("panel");
  const play = el("button", { class: "round", type: "button" });
  const list = el("ul", { class: "assets" });
  const more = el(
    "button",
    { class: "text-button more", type: "button", "aria-expanded": "false" },
    "More assets",
  );
  const news = newsSection(store, actions);
  const chat = el("section", { class: "section" });
  const close = el(
    "button",
    { class: "round close", type: "button", "aria-label": "Close the market", onclick: actions.onClose },
    icon("close"),
  );
  const head = el(
    "header",
    { class: "bar" },
    el("h2", {}, "Market"),
    el("span", { class: "grow" }),
    play,
    close,
  );
  panel.append(head, el("div", { class: "scroll" }, list, more, news.element, chat));
  const rows = new Map();
  let openId = "bitcoin";
  let isRunning = true;

  play.addEventListener(
    "click",
    () => tryTo(() => setRunning(!isRunning).then(({ running }) => drawPlay(running))),
  );

  more.addEventListener("click", () => {
    const isAll = list.classList.toggle("all");
    more.setAttribute("aria-expanded", String(isAll));
    more.textContent = isAll ? "Fewer assets" : "More assets";
  });

  function drawPlay(running) {
    isRunning = running;
    play.replaceChildren(icon(running ? "pause" : "play"));
    play.setAttribute("aria-label", running ? "Hold all prices still" : "Let prices move");
    play.title = play.getAttribute("aria-label");
  }

  function drawAssets(assets) {
    const sorted = assets.toSorted((a, b) => ORDER.indexOf(a.symbol) - ORDER.indexOf(b.symbol));
    for (const asset of sorted) {
      if (!rows.has(asset.id)) {
        const row = assetRow(
          asset,
          { onToggle: () => toggle(asset.id), onPrice: (price) => tryTo(() => setPrice(asset.id, price)) },
        );
        rows.set(asset.id, row);
        row.element.classList.toggle("later", rows.size > FIRST);
        list.append(row.element);
      }
      rows.get(asset.id).update(asset, asset.id === openId);
    }
  }

  function toggle(id) {
    openId = openId === id ? null : id;
    for (const [key, row] of rows) row.setOpen(key === openId);
  }

  async function refresh() {
    if (!document.hidden) {
      try {
        const market = await fetchMarket();
        drawPlay(market.running);
        drawAssets(market.assets);
        news.drawCount(await fetchNews());
      } catch {
        // The events' connection tells that the demo is away; here the next round tries again.
      }
    }
    setTimeout(refresh, POLL_MS);
  }

  function tryTo(work) {
    return work().catch((error) => actions.onError(error.message));
  }

  function drawChat() {
    chat.replaceChildren(...chatSection(store, (action) => tryTo(() => act(store.openChatId, action))));
  }

  drawPlay(true);
  refresh();
  return { drawChat };
}

function assetRow(first, { onToggle, onPrice }) {
  const price = el("span", { class: "price" });
  const change = el("span", { class: "change" });
  const spark = el("span", { class: "spark-box" });
  const names = el("span", { class: "names" }, el("strong", {}, first.symbol), el("span", {}, first.name));
  const button = el(
    "button",
    { class: "asset", type: "button", "aria-expanded": "false", onclick: onToggle },
    names,
    spark,
    el("span", { class: "figures" }, price, change),
  );
  const control = slider(first, onPrice);
  const element = el("li", { class: "asset-row" }, button, control.element);
  let shown = null;

  function setOpen(isOpen) {
    element.classList.toggle("open", isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
    control.element.hidden = !isOpen;
  }

  function update(asset, isOpen) {
    const change24h = asset.change_24h ?? 0;
    const values = [...asset.spark, Number(asset.price)];
    price.textContent = `$${priceText(asset.price, asset.digits)}`;
    tick(price, shown === null ? 0 : Number(asset.price) - shown);
    shown = Number(asset.price);
    change.textContent = `${change24h < 0 ? "−" : "+"}${Math.abs(change24h).toFixed(2)} %`;
    change.className = change24h < 0 ? "change down" : "change up";
    spark.replaceChildren(sparkLine(values, change24h >= 0));
    control.update(asset);
    setOpen(isOpen);
  }

  return { element, update, setOpen };
}

/** Tint a price for a moment when it has moved. */
function tick(element, move) {
  element.classList.remove("rose", "fell");
  if (move !== 0) requestAnimationFrame(() => element.classList.add(move > 0 ? "rose" : "fell"));
}

function newsSection(store, actions) {
  const said = el("p", { class: "said", "aria-live": "polite" });
  let newest = null;
  const count = el("span", { class: "count" });
  const button = el(
    "button",
    { class: "wide-button", type: "button" },
    icon("news"),
    el("span", {}, "Break some news"),
  );
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const answer = await publishNews();
      newest = answer.published;
      said.textContent = newest ? `${newest.site_name}: ${newest.title}` : "";
      drawCount(answer);
      if (newest) setTimeout(tellWhenUnasked, ARRIVAL_MS, newest);
    } catch (error) {
      actions.onError(error.message);
      button.disabled = false;
    }
  });

  /** Say so where no push of a story comes: a visitor would wait for it in vain. */
  function tellWhenUnasked(story) {
    const isHere = (message) => message.text?.includes(story.title);
    if (story !== newest || store.chats.some((chat) => chat.messages.some(isHere))) return;
    said.append(
      el("em", {}, "No push: another site told it first, or no chat follows this. /subscribe all gets everything."),
    );
  }

  function drawCount({ left }) {
    count.textContent = left === 0 ? "all are out" : `${left} to come`;
    button.disabled = left === 0;
  }

  const head = el("div", { class: "head" }, el("h3", {}, "News"), count);
  return { element: el("section", { class: "section" }, head, button, said), drawCount };
}

function chatSection(store, onAct) {
  const chat = store.chat;
  if (!chat) return [];
  const button = (words, action, isGrave) =>
    el(
      "button",
      { class: isGrave ? "text-button grave" : "text-button", type: "button", onclick: () => onAct(action) },
      words,
    );
  const buttons = [];
  if (chat.type === "private") {
    buttons.push(chat.blocked ? button("Unblock the bot", "unblock") : button("Block the bot", "block", true));
  } else if (chat.member === false) {
    buttons.push(button("Add the bot again", "add"));
  } else {
    buttons.push(button("Remove the bot", "kick", true));
  }
  if (chat.type === "group") buttons.push(button("Make it a supergroup", "migrate"));
  return [
    el("div", { class: "head" }, el("h3", {}, "This chat"), el("span", { class: "count" }, chat.title)),
    ...buttons,
  ];
}
