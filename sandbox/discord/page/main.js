"use strict";
// The page's state, and its connection to the server.

const state = {
  frame: null,
  channel: null,
  messages: new Map(), // id -> message
  hidden: new Set(), // dismissed
  unread: new Map(),
  isRecorded: Boolean(window.RECORDED),
  isLoaded: false,
  isAtEnd: true, // then new messages are scrolled into view
};
const waiting = new Map(); // request id -> resolve
const NEAR = 120; // pixels from the end that count as the end
let socket = null;
let requests = 0;

/** Ask the server something; the answer has `error` if it failed. */
function ask(request) {
  if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve({ error: "The demo has ended" });
  const id = (requests += 1);
  socket.send(JSON.stringify({ ...request, id }));
  return new Promise((resolve) => waiting.set(id, resolve));
}

/** Do something; show a failure as Discord does. */
async function wish(request, channel) {
  const answer = await ask(request);
  if (answer.error && channel === state.channel) notice(answer.error);
  if (answer.form) openForm(answer.form, channel);
  return answer;
}

function notice(words) {
  document.getElementById("messages").append(localNotice(words));
  toEnd();
}

function dismiss(id) {
  state.hidden.add(id);
  document.getElementById(`message-${id}`)?.remove();
}

/** Remember whether the end is in view; then no note about new messages is needed. */
function setAtEnd(isAtEnd) {
  state.isAtEnd = isAtEnd;
  if (isAtEnd) document.getElementById("news")?.setAttribute("hidden", "");
}

function toEnd() {
  const scroller = document.getElementById("scroller");
  setAtEnd(true);
  scroller.scrollTop = scroller.scrollHeight;
}

/** Scroll to a message, in any channel. */
function jumpTo(channel, id) {
  if (channel !== state.channel) openChannel(channel);
  const message = document.getElementById(`message-${id}`);
  message?.scrollIntoView({ behavior: "smooth", block: "center" });
  message?.animate([{ background: "#5865f24d" }, {}], { duration: 1500 });
}

function drawMessages() {
  const list = document.getElementById("messages");
  const shown = [...state.messages.values()]
    .filter((message) => message.channel_id === state.channel && !state.hidden.has(message.id))
    .sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
  for (const old of list.querySelectorAll("li[data-id]")) {
    if (!shown.some((message) => message.id === old.dataset.id)) old.remove();
  }
  for (const [index, message] of shown.entries()) {
    const existing = document.getElementById(`message-${message.id}`);
    const drawn = drawMessage(message, existing ?? undefined);
    if (!existing) placeInOrder(list, drawn, shown[index - 1]);
  }
  if (state.isAtEnd) toEnd();
}

function placeInOrder(list, drawn, before) {
  const previous = before && document.getElementById(`message-${before.id}`);
  if (previous) {
    let last = previous;
    while (last.nextElementSibling?.classList.contains("notice")) last = last.nextElementSibling;
    last.after(drawn);
  } else list.prepend(drawn);
}

/** Announce a message that is out of view. */
function noteNew(message) {
  if (message.channel_id === state.channel) {
    document.getElementById("news")?.toggleAttribute("hidden", state.isAtEnd);
    return;
  }
  state.unread.set(message.channel_id, (state.unread.get(message.channel_id) || 0) + 1);
  drawChannels();
}

function take(messages) {
  for (const message of messages) {
    const isNew = !state.messages.has(message.id);
    state.messages.set(message.id, message);
    if (isNew && state.isLoaded) noteNew(message);
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
  toEnd();
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

/** Stay at the end while pictures load and the window changes, until the user scrolls up. */
function watchTheEnd() {
  const scroller = document.getElementById("scroller");
  let before = 0;
  scroller.addEventListener("scroll", () => {
    const isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (isNear) setAtEnd(true);
    else if (scroller.scrollTop < before) setAtEnd(false);
    before = scroller.scrollTop;
  });
  const grown = new ResizeObserver(() => { if (state.isAtEnd) toEnd(); });
  grown.observe(scroller);
  grown.observe(document.getElementById("messages"));
}

watchTheEnd();
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-message]");
  if (!link || !state.messages.has(link.dataset.message)) return;
  event.preventDefault();
  jumpTo(link.dataset.channel, link.dataset.message);
});
document.getElementById("lightbox").onclick = (event) => { event.currentTarget.hidden = true; };
document.getElementById("open-sidebar").onclick = () => document.body.classList.toggle("sidebar-open");
document.getElementById("news").onclick = toEnd;
document.getElementById("backdrop").onclick = () => document.body.classList.remove("sidebar-open");
document.getElementById("composer").onsubmit = (event) => { event.preventDefault(); composer.send(); };

if (state.isRecorded) {
  document.getElementById("composer-area").remove();
  takeFrame(window.RECORDED.frame);
  take(window.RECORDED.messages);
  const measure = () => { document.documentElement.dataset.height = document.body.scrollHeight; };
  measure();
  new ResizeObserver(measure).observe(document.getElementById("messages"));
} else connect();
