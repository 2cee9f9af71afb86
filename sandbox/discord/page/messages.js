"use strict";
// One message, redrawn part by part: what did not change is left alone.

const EPHEMERAL = 64;
const LOADING = 128;
// Discord shows the files of a message above its embeds.
const PARTS = ["reply", "head", "content", "files", "embeds", "buttons", "reactions", "note", "tools"];

function nameOf(user) {
  return user.global_name || user.username;
}

/** The message that this one replies to, or whose button it answers. */
function repliedTo(message) {
  return message.referenced_message ?? state.messages.get(message.interaction_metadata?.interacted_message_id);
}

function replyLine(message) {
  const meta = message.interaction_metadata;
  if (meta?.name && meta.type === 2) {
    return element("div", "reply-line", {}, avatar(meta.user.id, nameOf(meta.user), true),
      element("b", "", {}, nameOf(meta.user)), " used ", element("span", "mention", {}, `/${meta.name}`));
  }
  const target = repliedTo(message);
  if (!target) return null;
  const words = target.content || target.embeds[0]?.title || "Click to see attachment";
  return element("div", "reply-line linked", {
    onclick: () => jumpTo(target.channel_id, target.id),
  }, avatar(target.author.id, nameOf(target.author), true), element("b", "", {}, nameOf(target.author)), ` ${words}`);
}

function head(message) {
  return element("div", "head", {},
    element("span", "name", {}, nameOf(message.author)),
    message.author.bot ? element("span", "badge", {}, "APP") : null,
    element("time", "when", {}, clockTime(message.timestamp)));
}

function content(message) {
  if (message.flags & LOADING) {
    return element("div", "thinking", {}, element("span", "dots", {}, "● ● ●"), ` ${nameOf(message.author)} is thinking…`);
  }
  if (!message.content) return null;
  const made = written("content", message.content);
  const last = made.lastElementChild;
  const place = last?.matches("div, blockquote, small") ? last : made;
  if (message.edited_timestamp) place.append(element("span", "edited", {}, "(edited)"));
  return made;
}

function note(message) {
  if (!(message.flags & EPHEMERAL)) return null;
  return element("div", "only-you", {}, "👁 Only you can see this • ",
    element("button", "dismiss", { type: "button", onclick: () => dismiss(message.id) }, "Dismiss message"));
}

function skeleton(message) {
  const parts = Object.fromEntries(PARTS.map((part) => [part, element("div", `part ${part}`)]));
  const body = element("div", "body", {}, ...PARTS.slice(1, 8).map((part) => parts[part]));
  const made = element("li", "message", { id: `message-${message.id}`, tabIndex: -1, data: { id: message.id } },
    parts.reply, avatar(message.author.id, nameOf(message.author)), body, parts.tools);
  made.parts = parts;
  return made;
}

/** Draw a message into its element, which is made when there is none. */
function drawMessage(message, made = skeleton(message)) {
  const { parts } = made;
  const files = filesOutsideEmbeds(message);
  made.classList.toggle("ephemeral", Boolean(message.flags & EPHEMERAL));
  made.classList.toggle("mentioned", message.mentions.some((user) => user.id === state.frame?.viewer.id) && message.author.id !== state.frame?.viewer.id);
  const target = repliedTo(message);
  refresh(parts.reply, [message.interaction_metadata, target?.content, target?.embeds[0]?.title], () => replyLine(message));
  refresh(parts.head, [message.author, message.timestamp], () => head(message));
  refresh(parts.content, [message.content, message.flags & LOADING, Boolean(message.edited_timestamp)], () => content(message));
  refresh(parts.embeds, [message.embeds, message.attachments.map((file) => file.url)], () => message.embeds.map((embed) => embedElement(embed, message.attachments)));
  refresh(parts.files, files, attachmentElements);
  refresh(parts.buttons, message.components, () => componentElements(message.components, message));
  refresh(parts.reactions, message.reactions, () => reactionElements(message));
  refresh(parts.note, message.flags & EPHEMERAL, () => note(message));
  if (!state.isRecorded && !(message.flags & EPHEMERAL)) refresh(parts.tools, message.reactions, () => toolbar(message));
  return made;
}

/** A line from Discord itself, such as an answer that did not come. */
function localNotice(words) {
  const made = element("li", "message ephemeral notice", {},
    element("div", "body", {}, element("div", "failed", {}, `⚠ ${words}`),
      element("div", "only-you", {}, "👁 Only you can see this • ",
        element("button", "dismiss", { type: "button", onclick: () => made.remove() }, "Dismiss message"))));
  return made;
}
