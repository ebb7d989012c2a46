// What the page asks of the demo's server. Every failed request rejects with a text to show.

async function send(path, body) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  return answer(await fetch(path, request));
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? body.description ?? `The demo answered ${response.status}.`);
  return body;
}

const get = async (path) => answer(await fetch(path));

export const fetchState = () => get("/demo/state");
export const say = (words) => send("/demo/say", words);
export const press = (chatId, messageId, data) =>
  send("/demo/press", { chat_id: chatId, message_id: messageId, data });
export const act = (chatId, action) => send("/demo/chat", { chat_id: chatId, action });
export const fetchMarket = () => get("/market/state");
export const setPrice = (id, price) => send("/market/price", { id, price });
export const setRunning = (running) => send("/market/run", { running });
export const fetchNews = () => get("/news/state");
export const publishNews = () => send("/news/publish", {});
export const photoUrl = (fileId) => `/demo/photo/${encodeURIComponent(fileId)}`;

const previews = new Map();

/** Resolve to the link preview of an address of this computer, or null; each is asked for once. */
export function fetchPreview(url) {
  if (!isOwnUrl(url)) return Promise.resolve(null);
  if (!previews.has(url)) {
    previews.set(url, get(`/demo/preview?url=${encodeURIComponent(url)}`).catch(() => null));
  }
  return previews.get(url);
}

/** Tell whether an address is on this computer: nothing else is ever loaded. */
export function isOwnUrl(url) {
  try {
    const { protocol, hostname, port } = new URL(url);
    const isLoopback = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
    return protocol === "http:" && isLoopback && port === location.port;
  } catch {
    return false;
  }
}

/** Follow the server's events; `onUp` runs on every (re)connection, `onDown` when it is lost. */
export function followEvents({ onEvent, onUp, onDown }) {
  const source = new EventSource("/demo/events");
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
  source.onopen = onUp;
  source.onerror = () => {
    onDown();
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => followEvents({ onEvent, onUp, onDown }), 2000);
    }
  };
}
