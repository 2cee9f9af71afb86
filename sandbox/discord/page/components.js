"use strict";
// Buttons and menus under a message, and the layouts of Components V2.

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

function sectionElement(section, message) {
  return element("div", "section", {},
    element("div", "section-words", {}, ...componentElements(section.components, message)),
    element("div", "accessory", {}, componentElement(section.accessory, message)));
}

function containerElement(container, message) {
  const made = element("div", "container", {}, ...componentElements(container.components, message));
  if (container.accent_color != null) {
    made.classList.add("accented");
    made.style.setProperty("--bar", `#${container.accent_color.toString(16).padStart(6, "0")}`);
  }
  return made;
}

const LAYOUTS = {
  1: (row, message) => element("div", "components", {}, ...componentElements(row.components, message)),
  2: buttonElement,
  3: menuElement,
  9: sectionElement,
  10: (text) => written("text-display", text.content),
  14: (line) => element("div", `separator ${line.divider === false ? "" : "divider"} ${line.spacing === 2 ? "large" : ""}`),
  17: containerElement,
};

function componentElement(component, message) {
  return LAYOUTS[component.type]?.(component, message) ?? null;
}

/** Build buttons, menus, and what Components V2 has around them. */
function componentElements(components, message) {
  return (components || []).map((component) => componentElement(component, message)).filter(Boolean);
}
