"use strict";
// Reactions, and the tools that appear over a message.

const QUICK = ["❌", "👍", "❤️", "😂", "🎉", "👀"];

function toggle(message, emoji) {
  const mine = message.reactions.some((reaction) => reaction.emoji.name === emoji && reaction.me);
  return wish({ do: "react", message: message.id, emoji, is_on: !mine }, message.channel_id);
}

/** Build the pills under a message. */
function reactionElements(message) {
  if (!message.reactions.length) return [];
  const pills = message.reactions.map((reaction) => element(
    "button", reaction.me ? "reaction mine" : "reaction",
    {
      type: "button",
      data: { emoji: reaction.emoji.name },
      "aria-pressed": String(reaction.me),
      title: reaction.me ? "Take your reaction off" : `React with ${reaction.emoji.name}`,
      onclick: () => toggle(message, reaction.emoji.name),
    },
    element("span", "emoji", {}, reaction.emoji.name),
    element("span", "count", {}, String(reaction.count)),
  ));
  return [element("div", "reactions", {}, ...pills)];
}

function tool(words, title, onclick) {
  return element("button", "tool", { type: "button", title, "aria-label": title, onclick }, words);
}

/** Discord offers this for one's own messages, and to members with Manage Messages. */
function mayDelete(message) {
  if (!state.frame) return false;
  const { viewer, channels } = state.frame;
  const isDm = channels.find((channel) => channel.id === message.channel_id)?.is_dm;
  return message.author.id === viewer.id || (viewer.manages_messages && !isDm);
}

function moreMenu(message) {
  const entries = (state.frame?.menus || []).map((menu) => element(
    "button", "more-entry", { type: "button", onclick: () => wish({ do: "menu", message: message.id, name: menu.name }, message.channel_id) },
    `Apps › ${menu.name}`));
  if (mayDelete(message)) {
    entries.push(element("button", "more-entry danger", {
      type: "button",
      onclick: () => wish({ do: "delete", message: message.id }, message.channel_id),
    }, "Delete Message"));
  }
  return entries.length && element("div", "more", { hidden: true, onclick: (event) => { event.currentTarget.hidden = true; } }, ...entries);
}

/** Build the bar that shows while the pointer is over a message. */
function toolbar(message) {
  const menu = moreMenu(message);
  const quick = QUICK.slice(0, 4).map((emoji) => tool(emoji, `React with ${emoji}`, () => toggle(message, emoji)));
  const more = menu ? [tool("⋯", "More", () => { menu.hidden = !menu.hidden; }), menu] : [];
  return [element("div", "toolbar", {}, ...quick, ...more)];
}
