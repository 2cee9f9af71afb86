"use strict";
// Discord's markdown, as far as bots write it. Everything is escaped first.

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

function inline(text) {
  const kept = [];
  const keep = (html) => `\u0000${kept.push(html) - 1}\u0000`;
  return text
    .replace(/``([^]+?)``|`([^`]+?)`/g, (_, two, one) => keep(`<code>${two ?? one}</code>`))
    .replace(/\\([*_~`|>\\#-])/g, (_, sign) => keep(sign))
    .replace(/&#60;t:(-?\d+)(?::([tTdDfFR]))?&#62;/g, (_, at, style) => keep(timestamp(Number(at), style)))
    .replace(/&#60;@!?(\d+)&#62;/g, (_, id) => keep(`<span class="mention">@${escapeHtml(state.frame?.users[id] ?? "someone")}</span>`))
    .replace(/&#60;#(\d+)&#62;/g, (_, id) => keep(`<span class="mention">#${escapeHtml(channelName(id))}</span>`))
    .replace(/&#60;\/([\w -]+):\d+&#62;/g, (_, name) => keep(`<span class="mention">/${name}</span>`))
    .replace(/\[([^\]]+)\]\((https?:[^\s)]+)\)/g, (_, words, url) => keep(link(url, words)))
    .replace(/&#60;(https?:[^\s]+?)&#62;/g, (_, url) => keep(link(url, url)))
    .replace(/https?:[^\s<\u0000]+/g, (url) => keep(link(url, url)))
    .replace(/\|\|([^]+?)\|\|/g, '<span class="spoiler" onclick="this.classList.add(\'open\')">$1</span>')
    .replace(/\*\*\*([^]+?)\*\*\*/g, "<b><i>$1</i></b>")
    .replace(/\*\*([^]+?)\*\*/g, "<b>$1</b>")
    .replace(/__([^]+?)__/g, "<u>$1</u>")
    .replace(/~~([^]+?)~~/g, "<s>$1</s>")
    .replace(/\*([^*\s][^*]*?)\*/g, "<i>$1</i>")
    .replace(/(^|\W)_([^_\s][^_]*?)_(?=\W|$)/g, "$1<i>$2</i>")
    .replace(/\u0000(\d+)\u0000/g, (_, index) => kept[Number(index)])
    .replace(/\u0000(\d+)\u0000/g, (_, index) => kept[Number(index)]);
}

function link(url, words) {
  return `<a href="${url}" target="_blank" rel="noreferrer">${words}</a>`;
}

function channelName(id) {
  return state.frame?.channels.find((channel) => channel.id === id)?.name ?? "channel";
}

function line(text) {
  const heading = /^(#{1,3}) (.+)/.exec(text);
  if (heading) return `<h${heading[1].length + 2}>${inline(heading[2])}</h${heading[1].length + 2}>`;
  if (text.startsWith("-# ")) return `<small class="subtext">${inline(text.slice(3))}</small>`;
  if (text.startsWith("&#62; ")) return `<blockquote>${inline(text.slice(6))}</blockquote>`;
  const item = /^( *)[-*] (.+)/.exec(text);
  if (item) return `<div class="item">${inline(item[2])}</div>`;
  return `<div>${inline(text) || "<br>"}</div>`;
}

/** Turn Discord's markdown into safe HTML. */
function markdown(text) {
  return escapeHtml(text)
    .split(/```(?:\w+\n)?([^]*?)```/)
    .map((part, index) => (index % 2 ? `<pre>${part.trim()}</pre>` : part && part.split("\n").map(line).join("")))
    .join("");
}

/** An element that holds markdown. */
function written(className, text) {
  return element("div", `markdown ${className}`, { innerHTML: markdown(text) });
}
