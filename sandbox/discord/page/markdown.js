"use strict";
// Discord's markdown, as far as bots write it. All text is escaped before it becomes HTML.

const STYLES = {
  t: { hour: "2-digit", minute: "2-digit" },
  T: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { day: "numeric", month: "long", year: "numeric" },
  f: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  F: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
};
const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** "in 12 seconds", "3 minutes ago". */
function relativeTime(seconds) {
  const away = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) || UNITS.at(-1);
  return RELATIVE.format(Math.trunc(away / size), unit);
}

function timestamp(seconds, style) {
  const full = new Date(seconds * 1000).toLocaleString([], STYLES.F);
  const words = style === "R" ? relativeTime(seconds) : new Date(seconds * 1000).toLocaleString([], STYLES[style || "f"]);
  const ticks = style === "R" ? ` data-relative="${seconds}"` : "";
  return `<time title="${full}"${ticks}>${words}</time>`;
}

/** Let every relative timestamp tick. */
setInterval(() => {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const words = relativeTime(Number(time.dataset.relative));
    if (time.textContent !== words) time.textContent = words;
  }
}, 1000);

/** A link; one to a message leads to it on this page, as Discord's own do. */
function link(url, words) {
  const jump = /^https:\/\/discord\.com\/channels\/[^/]+\/(\d+)\/(\d+)$/.exec(url);
  const place = jump ? ` data-channel="${jump[1]}" data-message="${jump[2]}"` : "";
  return `<a href="${escapeHtml(url)}" target="_blank" rel="noreferrer"${place}>${words}</a>`;
}

function mention(words) {
  return `<span class="mention">${escapeHtml(words)}</span>`;
}

// What is taken out before anything else is looked for, in this order; each becomes HTML.
// An escape and code are one rule: whichever begins first holds, so that "\`" opens no code
// and a backslash in code is a backslash.
const PIECES = [
  [/\\([^0-9A-Za-z\s])|``([^]+?)``(?!`)|`([^`]+)`/g, (_, sign, two, one) =>
    (sign ? escapeHtml(sign) : `<code>${escapeHtml(two ?? one)}</code>`)],
  [/<t:(-?\d+)(?::([tTdDfFR]))?>/g, (_, at, style) => timestamp(Number(at), style)],
  [/<@!?(\d+)>/g, (_, id) => mention(`@${state.frame?.users[id] ?? "someone"}`)],
  [/<#(\d+)>/g, (_, id) => mention(`#${channelName(id)}`)],
  [/<\/([\w -]+):\d+>/g, (_, name) => mention(`/${name}`)],
  [/\[([^\]]+)\]\(<(https?:\/\/[^\s>\u0000]+)>\)/g, (_, words, url) => link(url, styled(words))],
  [/\[([^\]]+)\]\((https?:\/\/[^\s)\u0000]+)\)/g, (_, words, url) => link(url, styled(words))],
  [/<(https?:\/\/[^\s>\u0000]+)>/g, (_, url) => link(url, escapeHtml(url))],
  [/https?:\/\/[^\s<\u0000]*[^\s<\u0000.,:;"')\]]/g, (url) => link(url, escapeHtml(url))],
];

/** Italics, bold, strikethrough and spoilers; other text stays as it is. */
function styled(text) {
  return escapeHtml(text)
    .replace(/\|\|([^]+?)\|\|/g, '<span class="spoiler" onclick="this.classList.add(\'open\')">$1</span>')
    .replace(/\*\*\*([^]+?)\*\*\*/g, "<b><i>$1</i></b>")
    .replace(/\*\*([^]+?)\*\*/g, "<b>$1</b>")
    .replace(/__([^]+?)__/g, "<u>$1</u>")
    .replace(/~~([^]+?)~~/g, "<s>$1</s>")
    .replace(/\*([^*\s][^*]*?)\*/g, "<i>$1</i>")
    .replace(/(^|\W)_([^_\s][^_]*?)_(?=\W|$)/g, "$1<i>$2</i>");
}

function inline(text) {
  const kept = [];
  const keep = (html) => `\u0000${kept.push(html) - 1}\u0000`;
  const fill = (html) => html.replace(/\u0000(\d+)\u0000/g, (_, index) => fill(kept[Number(index)]));
  let rest = text;
  for (const [pattern, build] of PIECES) rest = rest.replace(pattern, (...found) => keep(build(...found)));
  return fill(styled(rest));
}

function channelName(id) {
  return state.frame?.channels.find((channel) => channel.id === id)?.name ?? "channel";
}

function line(text) {
  const heading = /^(#{1,3}) (.+)/.exec(text);
  if (heading) return `<h${heading[1].length + 2}>${inline(heading[2])}</h${heading[1].length + 2}>`;
  if (text.startsWith("-# ")) return `<small class="subtext">${inline(text.slice(3))}</small>`;
  if (text.startsWith("> ")) return `<blockquote>${inline(text.slice(2))}</blockquote>`;
  const item = /^( *)[-*] (.+)/.exec(text);
  if (item) return `<div class="item">${inline(item[2])}</div>`;
  return `<div>${inline(text) || "<br>"}</div>`;
}

/** Turn Discord's markdown into safe HTML. */
function markdown(text) {
  return text.replaceAll("\u0000", "")
    .split(/(?<!\\)```(?:\w+\n)?([^]*?)```/)
    // The line breaks before and after a block of code are its own.
    .map((part, index, all) => (index % 2 ? part
      : part.slice(index && part.startsWith("\n") ? 1 : 0, index < all.length - 1 && part.endsWith("\n") ? -1 : undefined)))
    .map((part, index) => (index % 2 ? `<pre>${escapeHtml(part.trim())}</pre>` : part && part.split("\n").map(line).join("")))
    .join("");
}

/** An element that holds markdown. */
function written(className, text) {
  return element("div", `markdown ${className}`, { innerHTML: markdown(text) });
}
