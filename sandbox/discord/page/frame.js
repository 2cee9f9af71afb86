"use strict";
// Everything around the messages: server, channels, users, the bot's presence.

function placeName() {
  const channel = state.frame?.channels.find((candidate) => candidate.id === state.channel);
  if (!channel) return "…";
  return channel.is_dm ? `@${channel.name}` : `#${channel.name}`;
}

function channelRow(channel) {
  const unread = state.unread.get(channel.id) || 0;
  return element("button", channel.id === state.channel ? "channel open" : "channel", {
    type: "button", data: { channel: channel.id }, onclick: () => openChannel(channel.id),
  }, channel.is_dm ? avatar(state.frame.bot.id, channel.name, true) : element("span", "hash", {}, "#"),
  element("span", "channel-name", {}, channel.name),
  unread ? element("span", "unread", {}, String(unread)) : null);
}

function firstStep({ command, text, label }) {
  return element("button", "first-step", {
    type: "button", title: `/${command} ${text}`, onclick: () => composer.start(command, text),
  }, ...(label ? [label] : [element("b", "", {}, `/${command}`), text]));
}

/** Suggest commands at the channel's beginning; a click types one, ready to be sent. */
function drawWelcome() {
  const { bot, suggestions } = state.frame;
  const place = placeName();
  const isDm = place.startsWith("@");
  const labelled = suggestions.filter((suggestion) => suggestion.label);
  document.getElementById("welcome").replaceChildren(
    element("div", "emblem", { "aria-hidden": "true" }, isDm ? "@" : "#"),
    element("h1", "", {}, isDm ? bot.name : `Welcome to ${place}!`),
    element("p", "", {}, `Type /video and a prompt, and ${bot.name} makes it. Or begin with one of these:`),
    element("div", "first-steps", {}, ...suggestions.filter((suggestion) => !suggestion.label).map(firstStep)),
    labelled.length ? element("p", "", {}, "See what else can happen:") : "",
    element("div", "first-steps", {}, ...labelled.map(firstStep)));
}

function drawChannels() {
  const { channels } = state.frame;
  document.getElementById("channels").replaceChildren(
    element("h2", "", {}, "Text channels"), ...channels.filter((channel) => !channel.is_dm).map(channelRow),
    element("h2", "", {}, "Direct messages"), ...channels.filter((channel) => channel.is_dm).map(channelRow));
}

function drawMe() {
  const { viewer, people } = state.frame;
  const choice = element("select", "", {
    title: "Look with another user's eyes", "aria-label": "Person",
    onchange: () => { location.search = `?as=${choice.value}`; },
  }, ...people.map((person) => element("option", "", { value: person.id, selected: person.id === viewer.id }, person.name)));
  document.getElementById("me").replaceChildren(avatar(viewer.id, viewer.name, true), choice);
}

/** Draw everything but the messages. */
function drawFrame() {
  const { guild, bot } = state.frame;
  document.title = `${placeName()} | ${guild}`;
  document.getElementById("guild").textContent = guild;
  document.getElementById("place").textContent = placeName();
  const presence = document.getElementById("presence");
  presence.className = bot.is_online ? "online" : "offline";
  if (state.isRecorded) presence.hidden = true;
  presence.textContent = `${bot.name} is ${bot.is_online ? "online" : "offline"}`;
  drawChannels();
  drawMe();
  if (!state.isRecorded) drawWelcome();
}
