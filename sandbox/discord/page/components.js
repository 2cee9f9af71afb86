"use strict";
// Buttons and menus under a message.

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

function emojiOf(component) {
  return component.emoji?.name ? element("span", "emoji", {}, component.emoji.name) : null;
}

function buttonElement(component, message) {
  const words = [emojiOf(component), component.label ? element("span", "", {}, component.label) : null];
  if (component.style === 5) {
    return element("a", "button link", { href: component.url, target: "_blank", rel: "noreferrer" }, ...words, "↗");
  }
  const button = element("button", `button ${BUTTON_STYLES[component.style] || "secondary"}`, {
    type: "button",
    disabled: Boolean(component.disabled),
    data: { customId: component.custom_id },
  }, ...words);
  button.onclick = async () => {
    button.classList.add("waiting");
    await wish({ do: "click", message: message.id, button: component.custom_id }, message.channel_id);
    button.classList.remove("waiting");
  };
  return button;
}

function menuOption(option, menu, choose) {
  return element(
    "button", "menu-option", { type: "button", role: "option", onclick: () => choose(option) },
    emojiOf(option),
    element("span", "menu-words", {}, element("span", "", {}, option.label),
      option.description ? element("small", "", {}, option.description) : null),
    option.default ? element("span", "menu-chosen", {}, "✓") : null,
  );
}

function menuElement(component, message) {
  const chosen = (component.options || []).filter((option) => option.default).map((option) => option.label);
  const list = element("div", "menu-list", { hidden: true, role: "listbox" });
  const head = element("button", "menu-head", {
    type: "button",
    disabled: Boolean(component.disabled),
    data: { customId: component.custom_id },
    onclick: () => { list.hidden = !list.hidden; },
  }, element("span", chosen.length ? "" : "faint", {}, chosen.join(", ") || component.placeholder || "Make a selection"), "⌄");
  const picked = new Set();
  const send = () => wish({ do: "select", message: message.id, menu: component.custom_id, values: [...picked] }, message.channel_id);
  const choose = (option) => {
    if ((component.max_values ?? 1) === 1) picked.clear();
    picked.has(option.value) ? picked.delete(option.value) : picked.add(option.value);
    head.firstChild.textContent = component.options.filter((o) => picked.has(o.value)).map((o) => o.label).join(", ");
    if ((component.max_values ?? 1) > 1) return;
    list.hidden = true;
    send();
  };
  list.append(...(component.options || []).map((option) => menuOption(option, component, choose)));
  if ((component.max_values ?? 1) > 1) {
    list.append(element("button", "button primary", { type: "button", onclick: () => { list.hidden = true; send(); } }, "Done"));
  }
  const close = (event) => { if (event.key === "Escape") list.hidden = true; };
  return element("div", "menu", { onkeydown: close }, head, list);
}

/** Build the rows of buttons and menus. */
function componentElements(rows, message) {
  return rows.map((row) => element("div", "components", {}, ...(row.components || []).map((component) =>
    component.type === 2 ? buttonElement(component, message) : menuElement(component, message))));
}
