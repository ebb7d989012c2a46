// The page's state: who, which chats, what is unread, what is open. Views listen for its events:
// "chats" (the list or a chat's facts changed), "log" ({ chatId }), "open", "typing".

/** A forum's first thread; its messages carry no thread id. */
export const GENERAL = 1;

/** Give the thread that a message belongs to. */
export const threadOf = (message) =>
  message.is_topic_message ? message.message_thread_id : GENERAL;

export class Store extends EventTarget {
  bot = null;
  me = null;
  chats = [];
  openChatId = null;
  openThread = GENERAL;
  typing = new Map();
  #unread = new Map();

  /** Take in the server's whole state; what is unread stays. */
  load({ bot, me, chats }) {
    Object.assign(this, { bot, me, chats });
    if (this.openChatId !== null && !this.chat) this.openChatId = null;
    this.#tell("chats");
    this.#tell("log", { chatId: this.openChatId });
  }

  /** The open chat, or undefined. */
  get chat() {
    return this.chats.find((chat) => chat.id === this.openChatId);
  }

  /** A forum's threads, General first; empty for any other chat. */
  threads(chat) {
    if (!chat?.is_forum) return [];
    const named = (chat.threads ?? []).filter(({ id }) => id > GENERAL);
    return [{ id: GENERAL, name: "General" }, ...named];
  }

  /** The messages of the open chat and thread, oldest first. */
  get visible() {
    const chat = this.chat;
    if (!chat) return [];
    if (!chat.is_forum) return chat.messages;
    return chat.messages.filter((message) => threadOf(message) === this.openThread);
  }

  /** The commands that the bot offers in a chat. */
  commands(chat) {
    return chat?.commands?.length ? chat.commands : (this.bot?.commands ?? []);
  }

  /** Tell whether a message is the visitor's own. */
  isOwn(message) {
    return message.from?.id === this.me.id;
  }

  /** Show a chat, and one thread of it where it is a forum. */
  open(chatId, thread = GENERAL) {
    this.openChatId = chatId;
    this.openThread = thread;
    this.markRead();
    this.#tell("open");
  }

  /** Count what is open as read. */
  markRead() {
    if (this.#unread.delete(this.#place(this.openChatId, this.openThread))) this.#tell("chats");
  }

  /** The number of unread messages of a chat, or of one of its threads. */
  unread(chatId, thread = null) {
    if (thread !== null) return this.#unread.get(this.#place(chatId, thread)) ?? 0;
    let sum = 0;
    for (const [place, count] of this.#unread) if (place.startsWith(`${chatId}/`)) sum += count;
    return sum;
  }

  /** The number of unread messages of all chats. */
  get unreadTotal() {
    return [...this.#unread.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Take in a message, an edit or a deletion. */
  apply(event) {
    const chat = this.chats.find(({ id }) => id === event.chat_id);
    if (!chat) return;
    if (event.type === "delete") {
      chat.messages = chat.messages.filter(({ message_id: id }) => id !== event.message_id);
    } else {
      this.#put(chat, event.message, event.type === "message");
    }
    this.#tell("chats");
    this.#tell("log", { chatId: chat.id });
  }

  /** Show "typing…" in a chat for as long as Telegram does, or until a message comes. */
  setTyping(chatId, isTyping) {
    clearTimeout(this.typing.get(chatId));
    this.typing.delete(chatId);
    if (isTyping) this.typing.set(chatId, setTimeout(() => this.setTyping(chatId, false), 5000));
    this.#tell("typing");
  }

  #put(chat, message, isNew) {
    const at = chat.messages.findIndex(({ message_id: id }) => id === message.message_id);
    if (at >= 0) chat.messages[at] = message;
    else if (isNew) chat.messages.push(message);
    if (at >= 0 || !isNew || this.isOwn(message)) return;
    this.setTyping(chat.id, false);
    const thread = chat.is_forum ? threadOf(message) : GENERAL;
    const isSeen = chat.id === this.openChatId && thread === this.openThread && !document.hidden;
    if (isSeen) return;
    const place = this.#place(chat.id, thread);
    this.#unread.set(place, (this.#unread.get(place) ?? 0) + 1);
  }

  #place = (chatId, thread) => `${chatId}/${thread}`;

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
