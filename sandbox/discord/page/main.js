"use strict";
// The page's state, and its conversation with the server.

const state = {
  frame: null,
  channel: null,
  messages: new Map(), // id -> message
  hidden: new Set(), // dismissed
  unread: new Map(),
  isRecorded: Boolean(window.RECORDED),
  isLoaded: false,
};
const waiting = new Map(); // request id -> resolve
let socket = null;
let requests = 0;

/** Ask the server something; the answer has `error` if it failed. */
function ask(request) {
  if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve({ error: "The demo has ended" });
  const id = (requests += 1);
  socket.send(JSON.stringify({ ...request, id }));
  return new Promise((resolve) => waiting.set(id, resolve));
}

/** Do something; a failure is told as Discord tells it. */
async function wish(request, channel) {
  const answer = await ask(request);
  if (answer.error && channel === state.channel) notice(answer.error);
  return answer;
}

function notice(words) {
  keepAtEnd(() => document.getElementById("messages").append(localNotice(words)), true);
}

function dismiss(id) {
  state.hidden.add(id);
  document.getElementById(`message-${id}`)?.remove();
}

/** Change the list; whoever reads its end stays at its end. */
function keepAtEnd(change, isForced = false) {
  const scroller = document.getElementById("scroller");
  const wasAtEnd = isForced || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
  change();
  state.isAtEnd = wasAtEnd;
  if (wasAtEnd) scroller.scrollTop = scroller.scrollHeight;
}

function drawMessages() {
  const list = document.getElementById("messages");
  const shown = [...state.messages.values()]
    .filter((message) => message.channel_id === state.channel && !state.hidden.has(message.id))
    .sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
  keepAtEnd(() => {
    for (const old of list.querySelectorAll("li[data-id]")) {
      if (!shown.some((message) => message.id === old.dataset.id)) old.remove();
    }
    for (const [index, message] of shown.entries()) {
      const existing = document.getElementById(`message-${message.id}`);
      const drawn = drawMessage(message, existing ?? undefined);
      if (!existing) placeInOrder(list, drawn, shown[index - 1]);
    }
  });
}

function placeInOrder(list, drawn, before) {
  const previous = before && document.getElementById(`message-${before.id}`);
  if (previous) {
    let last = previous;
    while (last.nextElementSibling?.classList.contains("notice")) last = last.nextElementSibling;
    last.after(drawn);
  } else list.prepend(drawn);
}

function take(messages) {
  for (const message of messages) {
    const isNew = !state.messages.has(message.id);
    state.messages.set(message.id, message);
    if (isNew && state.isLoaded && message.channel_id !== state.channel) {
      state.unread.set(message.channel_id, (state.unread.get(message.channel_id) || 0) + 1);
      drawChannels();
    }
  }
  state.isLoaded = true;
  drawMessages();
}

function openChannel(id) {
  state.channel = id;
  state.unread.delete(id);
  document.body.classList.remove("sidebar-open");
  document.getElementById("messages").replaceChildren();
  drawFrame();
  drawMessages();
  const scroller = document.getElementById("scroller");
  scroller.scrollTop = scroller.scrollHeight;
  if (!state.isRecorded) composer.reset();
}

function takeFrame(frame) {
  state.frame = frame;
  if (state.channel) drawFrame();
  else openChannel(frame.channels[0].id);
}

const HANDLERS = {
  frame: (message) => takeFrame(message.frame),
  messages: (message) => take(message.messages),
  gone: (message) => { state.messages.delete(message.message); drawMessages(); },
  result: (message) => { waiting.get(message.id)?.(message); waiting.delete(message.id); },
};

function connect() {
  socket = new WebSocket(`${location.origin.replace("http", "ws")}/socket${location.search}`);
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    HANDLERS[message.type](message);
  };
  socket.onclose = () => {
    for (const resolve of waiting.values()) resolve({ error: "The demo has ended" });
    waiting.clear();
    const presence = document.getElementById("presence");
    presence.className = "offline";
    presence.textContent = "The demo has ended";
    setTimeout(connect, 2000);
  };
}

new ResizeObserver(() => {
  const scroller = document.getElementById("scroller");
  if (state.isAtEnd) scroller.scrollTop = scroller.scrollHeight;
}).observe(document.getElementById("messages"));
document.getElementById("scroller").addEventListener("scroll", (event) => {
  const { scrollHeight, scrollTop, clientHeight } = event.target;
  state.isAtEnd = scrollHeight - scrollTop - clientHeight < 120;
});
document.getElementById("lightbox").onclick = (event) => { event.currentTarget.hidden = true; };
document.getElementById("open-sidebar").onclick = () => document.body.classList.toggle("sidebar-open");
document.getElementById("scroller").onclick = () => document.body.classList.remove("sidebar-open");
document.getElementById("composer").onsubmit = (event) => { event.preventDefault(); composer.send(); };

if (state.isRecorded) {
  document.getElementById("composer-area").remove();
  takeFrame(window.RECORDED.frame);
  take(window.RECORDED.messages);
  const measure = () => { document.documentElement.dataset.height = document.body.scrollHeight; };
  measure();
  new ResizeObserver(measure).observe(document.getElementById("messages"));
} else connect();
