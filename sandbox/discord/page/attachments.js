"use strict";
// Files under a message: pictures, players, and cards to download.

function readableSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1048576) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1048576).toFixed(2)} MB`;
}

/** Return a file's address on this page's server, which serves all files. */
function localUrl(url) {
  if (state.isRecorded || !/^https?:/.test(url)) return url;
  const parsed = new URL(url);
  return parsed.pathname.startsWith("/attachments/") ? parsed.pathname : url;
}

function showLightbox(url) {
  const box = document.getElementById("lightbox");
  box.replaceChildren(element("img", "", { src: url, alt: "" }));
  box.hidden = false;
}

const WIDEST = 550; // pixels, as Discord has it
const HIGHEST = 350;

/** Reserve the space of a picture that is still loading, so that nothing moves when it is shown. */
function reserve(made, { width, height }) {
  if (!width || !height) return made;
  made.style.width = `${Math.round(width * Math.min(1, WIDEST / width, HIGHEST / height))}px`;
  made.style.aspectRatio = `${width} / ${height}`;
  return made;
}

function picture(file) {
  const url = localUrl(file.url);
  return element("img", "picture", {
    src: url,
    alt: file.description || file.filename,
    title: file.filename,
    loading: "lazy",
    onclick: () => showLightbox(url),
  });
}

function videoPlayer(file) {
  return reserve(element("video", "video", {
    src: localUrl(file.url),
    controls: true,
    playsInline: true,
    preload: state.isRecorded ? "auto" : "metadata",
    title: file.filename,
  }), file);
}

function soundPlayer(file) {
  const name = element("a", "file-name", { href: localUrl(file.url), download: file.filename }, file.filename);
  return element(
    "div", "file sound", {},
    element("div", "file-head", {}, element("span", "file-icon", {}, "🎵"),
      element("div", "", {}, name, element("div", "file-size", {}, readableSize(file.size)))),
    element("audio", "", { src: localUrl(file.url), controls: true, preload: "metadata" }),
  );
}

function download(file) {
  const url = localUrl(file.url);
  return element(
    "div", "file", {},
    element("div", "file-head", {}, element("span", "file-icon", {}, "📄"),
      element("div", "", {}, element("a", "file-name", { href: url, download: file.filename }, file.filename),
        element("div", "file-size", {}, readableSize(file.size)))),
  );
}

/** Cover what is marked as a spoiler until it is clicked; Discord goes by the name of the file. */
function covered(made, file) {
  if (!file.filename.startsWith("SPOILER_")) return made;
  const cover = element("button", "spoiler-cover", { type: "button" }, "SPOILER");
  const box = element("div", "spoiler", {}, made, cover);
  cover.onclick = () => { box.classList.add("shown"); cover.remove(); };
  return box;
}

/** Build the files below a message. */
function attachmentElements(files) {
  const kind = (file) => (file.content_type || "").split("/")[0];
  const pictures = files.filter((file) => kind(file) === "image");
  const others = files.filter((file) => kind(file) !== "image");
  const made = [];
  if (pictures.length) {
    const drawn = pictures.map(picture);
    if (drawn.length === 1) reserve(drawn[0], pictures[0]);
    const shown = drawn.map((made, index) => covered(made, pictures[index]));
    const several = drawn.length > 1 ? ` several count-${drawn.length}` : "";
    made.push(element("div", `pictures${several}`, {}, ...shown));
  }
  for (const file of others) {
    const build = { video: videoPlayer, audio: soundPlayer }[kind(file)] || download;
    made.push(covered(build(file), file));
  }
  return made;
}
