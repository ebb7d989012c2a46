// Times as people read them; all take Unix seconds.

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });
const YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const SHORT = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "2-digit", year: "2-digit" });
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

const date = (seconds) => new Date(seconds * 1000);
const dayNumber = (at) => Math.floor((at.getTime() - at.getTimezoneOffset() * 60_000) / 86_400_000);

/** Hours and minutes. */
export const timeText = (seconds) => TIME.format(date(seconds));

/** Everything, for a tooltip. */
export const fullText = (seconds) => FULL.format(date(seconds));

/** A number that is equal for times of one local day. */
export const dayOf = (seconds) => dayNumber(date(seconds));

/** A separator between days: "Today", "Yesterday", "5 January". */
export function dayText(seconds, now = new Date()) {
  const at = date(seconds);
  const back = dayNumber(now) - dayNumber(at);
  if (back === 0) return "Today";
  if (back === 1) return "Yesterday";
  return (at.getFullYear() === now.getFullYear() ? DAY : YEAR).format(at);
}

/** The corner of a chat in the list: a time today, a weekday this week, else a date. */
export function cornerText(seconds, now = new Date()) {
  const back = dayNumber(now) - dayOf(seconds);
  if (back === 0) return timeText(seconds);
  return back < 7 ? WEEKDAY.format(date(seconds)) : SHORT.format(date(seconds));
}
