// Messages in order to rows: date separators, service lines, bubbles grouped by sender.

import { dayOf, dayText } from "./clock.js";

const GROUP_SECONDS = 600;

// A row is drawn anew when anything in its message differs, and only then: an edit may come within
// the second of the last one, and a reload brings equal messages as new objects.
const contents = new WeakMap();

function content(message) {
  if (!contents.has(message)) contents.set(message, JSON.stringify(message));
  return contents.get(message);
}

/** Give the words of a service message, or null for an ordinary one. */
export function serviceText(message, botId) {
  const who = message.from?.first_name ?? message.chat?.title ?? "Someone";
  if (message.new_chat_members) return joined(message, who);
  if (message.left_chat_member) {
    const left = message.left_chat_member;
    return left.id === message.from?.id ? `${who} left the group` : `${who} removed ${left.first_name}`;
  }
  if (message.forum_topic_created) return `${who} created the thread “${message.forum_topic_created.name}”`;
  if (message.group_chat_created || message.supergroup_chat_created) return `${who} created the group`;
  if (message.channel_chat_created) return "Channel created";
  if (message.migrate_to_chat_id) return "The group was upgraded to a supergroup";
  if (message.migrate_from_chat_id) return "The group became a supergroup";
  if (message.pinned_message) return `${message.from?.id === botId ? "The bot" : who} pinned a message`;
  if (message.new_chat_title) return `${who} changed the title to “${message.new_chat_title}”`;
  return null;
}

function joined(message, who) {
  const names = message.new_chat_members.map((user) => user.first_name).join(", ");
  const isSelf = message.new_chat_members.some((user) => user.id === message.from?.id);
  return isSelf ? `${names} joined the group` : `${who} added ${names}`;
}

/** Give the rows of a chat, each with a key that changes only when the row must be drawn anew. */
export function rows(messages, { isOwn, botId }) {
  const made = [];
  let previous = null;
  for (const message of messages) {
    if (previous === null || dayOf(previous.date) !== dayOf(message.date)) {
      made.push({ kind: "day", key: `day ${dayOf(message.date)}`, text: dayText(message.date) });
    }
    const text = serviceText(message, botId);
    const key = content(message);
    if (text !== null) made.push({ kind: "service", key, text });
    else made.push({ kind: "message", key, message, own: isOwn(message), first: true, last: true });
    previous = message;
  }
  return grouped(made);
}

function grouped(made) {
  for (let index = 1; index < made.length; index += 1) {
    const [above, row] = [made[index - 1], made[index]];
    if (above.kind !== "message" || row.kind !== "message" || above.own !== row.own) continue;
    const isClose = row.message.date - above.message.date < GROUP_SECONDS;
    if (isClose && senderId(above.message) === senderId(row.message)) {
      above.last = false;
      row.first = false;
    }
  }
  return made;
}

/** Give the id of who a message is from: a person, the bot, or a chat that speaks as itself. */
export const senderId = (message) => message.sender_chat?.id ?? message.from?.id ?? message.chat?.id;
