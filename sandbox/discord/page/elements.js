"use strict";
// Small ways to build the page's elements, shared by every part.

/** Make an element; `more` may hold properties, `on…` handlers and `data`. */
function element(tag, className, more = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  const { data, ...rest } = more;
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith("aria-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  Object.assign(made.dataset, data || {});
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Replace the contents of `holder` only if `facts` changed, so that a playing video plays on. */
function refresh(holder, facts, build) {
  const key = JSON.stringify(facts ?? null);
  if (holder.key === key) return;
  holder.key = key;
  holder.replaceChildren(...[build(facts)].flat().filter(Boolean));
}

const BOT_COLOUR = "#5865f2";
const AVATAR_COLOURS = ["#3ba55c", "#faa61a", "#ed4245", "#eb459e", "#747f8d"];

/** A round picture with the first letter, coloured by the id. */
function avatar(id, name, small = false) {
  const own = AVATAR_COLOURS[Number((BigInt(id) >> 22n) % BigInt(AVATAR_COLOURS.length))];
  const colour = id === state.frame?.bot.id ? BOT_COLOUR : own;
  const made = element("span", small ? "avatar small" : "avatar", { "aria-hidden": "true" }, name[0]);
  made.style.background = colour;
  return made;
}

/** "Today at 14:05" or a date, as Discord's message heads say it. */
function clockTime(iso) {
  const time = new Date(iso);
  const hours = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday ? `Today at ${hours}` : `${time.toLocaleDateString()} ${hours}`;
}
