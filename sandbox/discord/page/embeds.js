"use strict";
// Embeds: the coloured cards that bots write.

/** An embed may name a file of its own message. */
function embedUrl(url, files) {
  if (!url?.startsWith("attachment://")) return url && localUrl(url);
  const file = files.find((candidate) => candidate.filename === url.slice(13));
  return file && localUrl(file.url);
}

/** The files that an embed shows are not shown again below it. */
function filesOutsideEmbeds(message) {
  const shown = message.embeds.flatMap((embed) => [embed.image?.url, embed.thumbnail?.url]);
  return message.attachments.filter((file) => !shown.includes(`attachment://${file.filename}`));
}

function embedFields(fields) {
  const rows = [];
  for (const field of fields) {
    const made = element("div", field.inline ? "field inline" : "field", {},
      written("field-name", field.name), written("field-value", field.value));
    const last = rows.at(-1);
    if (field.inline && last?.isInline && last.made.length < 3) last.made.push(made);
    else rows.push({ isInline: Boolean(field.inline), made: [made] });
  }
  return rows.map((row) => element("div", "fields", {}, ...row.made));
}

function embedFooter(embed, files) {
  const words = [embed.footer?.text, embed.timestamp && clockTime(embed.timestamp)].filter(Boolean).join(" • ");
  if (!words) return null;
  const icon = embedUrl(embed.footer?.icon_url, files);
  return element("div", "embed-footer", {}, icon ? element("img", "", { src: icon, alt: "" }) : null, words);
}

function embedElement(embed, files) {
  const colour = embed.color ?? embed.colour;
  const image = embedUrl(embed.image?.url, files);
  const thumbnail = embedUrl(embed.thumbnail?.url, files);
  const title = embed.title && written("embed-title", embed.title);
  const made = element(
    "article", "embed", {},
    element("div", "embed-body", {},
      embed.author?.name ? element("div", "embed-author", {}, embed.author.name) : null,
      embed.url && title ? element("a", "", { href: embed.url, target: "_blank" }, title) : title || null,
      embed.description ? written("embed-description", embed.description) : null,
      ...embedFields(embed.fields || []),
      image ? element("img", "embed-image", { src: image, alt: "", onclick: () => showLightbox(image) }) : null,
      embedFooter(embed, files)),
    thumbnail ? element("img", "embed-thumbnail", { src: thumbnail, alt: "" }) : null,
  );
  if (colour !== undefined && colour !== null) {
    made.style.setProperty("--bar", `#${colour.toString(16).padStart(6, "0")}`);
  }
  return made;
}
