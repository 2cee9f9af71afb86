"use strict";
// The line where one writes: ordinary words, or a slash command with its options.

const KINDS = { 3: "text", 4: "number", 5: "true or false", 10: "number", 11: "file" };

const composer = {
  command: null, // the chosen command
  fields: new Map(), // option name -> {option, value, label, file}
  focused: null,
  staged: [], // files of the next message
  asked: 0,

  get form() { return document.getElementById("composer"); },

  /** Draw the plain line. */
  reset() {
    this.command = null;
    this.fields.clear();
    this.focused = null;
    this.staged = [];
    popup.hide();
    const input = element("input", "plain", {
      id: "plain",
      placeholder: `Message ${placeName()}`,
      "aria-label": "Message",
      oninput: () => this.suggestCommands(input.value),
      onfocus: () => this.suggestCommands(input.value),
      onblur: () => popup.hide(),
      onkeydown: (event) => this.plainKey(event, input),
    });
    const files = element("input", "file-input", { type: "file", multiple: true, "aria-label": "Upload a file", onchange: () => this.stage(files, staged) });
    const staged = element("span", "staged", {});
    this.form.replaceChildren(element("label", "icon upload", { title: "Upload a file" }, "+", files), staged, element("button", "icon", {
      type: "button", title: "Use a command", "aria-label": "Use a command",
      onclick: () => { input.value = "/"; input.focus(); this.suggestCommands("/"); },
    }, "/"), input);
  },

  suggestCommands(typed) {
    if (!typed.startsWith("/")) return popup.hide();
    const wanted = typed.slice(1).toLowerCase().trimEnd();
    const found = leaves().filter((leaf) => leaf.name.startsWith(wanted));
    const exact = typed.endsWith(" ") && found.find((leaf) => leaf.name === wanted);
    if (exact) return this.choose(exact);
    popup.show("Commands", found.map((leaf) => ({
      label: `/${leaf.name}`, detail: leaf.description, hint: state.frame.bot.name, value: leaf.name, leaf,
    })), (row) => this.choose(row.leaf));
  },

  async plainKey(event, input) {
    if (popup.key(event)) return;
    if (event.key !== "Enter") return;
    event.preventDefault();
    const words = input.value.trim();
    if (words.startsWith("/") || !(words || this.staged.length)) return;
    const said = { do: "say", channel: state.channel, content: words, files: await Promise.all(this.staged.map(uploadedFile)) };
    this.reset();
    document.getElementById("plain").focus();
    toEnd();
    wish(said, said.channel);
  },

  /** Keep the files of the next message. */
  stage(input, names) {
    this.staged = [...input.files];
    names.textContent = this.staged.map((file) => file.name).join(", ");
    document.getElementById("plain").focus();
  },

  /** Start a command with fields for its required options. */
  choose(leaf) {
    this.command = leaf;
    this.fields.clear();
    for (const option of leaf.options.filter((candidate) => candidate.required)) this.add(option);
    this.draw();
    this.focus(this.fields.keys().next().value ?? null);
  },

  /** Write a command with its first option, as if it had been typed. */
  start(name, words) {
    const leaf = leaves().find((candidate) => candidate.name === name);
    if (!leaf) return;
    this.choose(leaf);
    const [field] = this.fields.values();
    field.label = words;
    this.draw();
    this.focus(field.option.name);
  },

  add(option) {
    this.fields.set(option.name, { option, value: undefined, label: "", file: null });
  },

  draw() {
    const chips = [...this.fields.values()].map((field) => this.chip(field));
    const unused = this.unused();
    const more = unused.length
      ? element("button", "more-options", { type: "button", id: "more-options",
        onpointerdown: (event) => event.preventDefault(),
        onkeydown: (event) => popup.key(event),
        onblur: () => popup.hide(),
        onclick: (event) => { event.currentTarget.focus(); this.suggestOptions(); } }, `+${unused.length} optional`)
      : null;
    this.form.replaceChildren(
      element("span", "command-name", {}, `/${this.command.name}`),
      ...chips, ...(more ? [more] : []),
      element("span", "grow"),
      element("button", "icon", { type: "button", title: "Cancel", "aria-label": "Cancel", onclick: () => this.cancel() }, "✕"),
      element("button", "send", { type: "submit", title: "Send", "aria-label": "Send" }, "➤"));
  },

  chip(field) {
    const { option } = field;
    const input = option.type === 11 ? this.fileInput(field) : this.textInput(field);
    return element("label", "chip", { data: { option: option.name } },
      element("span", "chip-name", {}, option.name), input);
  },

  textInput(field) {
    const input = element("input", "", {
      value: field.label,
      "aria-label": field.option.name,
      inputMode: [4, 10].includes(field.option.type) ? "decimal" : "text",
      oninput: () => { this.changed(field, input); this.suggest(field); },
      onfocus: () => { this.focused = field.option.name; popup.chosen = 0; this.suggest(field); },
      onblur: () => popup.hide(),
      onkeydown: (event) => this.fieldKey(event, field, input),
    });
    requestAnimationFrame(() => this.fit(input));
    return input;
  },

  fileInput(field) {
    const hidden = element("input", "file-input", { type: "file", "aria-label": field.option.name });
    const name = element("span", "chip-file", { tabIndex: 0 }, field.file?.name ?? "Choose a file…");
    const preview = element("span", "chip-preview", {});
    const show = () => {
      name.textContent = field.file?.name ?? "Choose a file…";
      const isPicture = field.file?.type.startsWith("image/");
      preview.replaceChildren(...(isPicture ? [element("img", "", { src: URL.createObjectURL(field.file), alt: "" })] : []));
    };
    hidden.onchange = () => { field.file = hidden.files[0] ?? null; show(); };
    show();
    return element("span", "chip-upload", {}, hidden, preview, name);
  },

  changed(field, input) {
    field.label = input.value;
    field.value = undefined;
    input.closest(".chip").classList.remove("missing");
    this.fit(input);
  },

  fit(input) {
    input.style.width = `${Math.min(46, Math.max(4, input.value.length + 3))}ch`;
  },

  focus(name) {
    const chip = name && this.form.querySelector(`[data-option="${name}"] input`);
    (chip || this.form.querySelector(".send"))?.focus();
  },

  unused() {
    return this.command.options.filter((option) => !this.fields.has(option.name));
  },

  suggestOptions() {
    popup.show("Optional", this.unused().map((option) => ({
      label: option.name, detail: option.description, hint: KINDS[option.type], option,
    })), (row) => { this.add(row.option); this.draw(); this.focus(row.option.name); });
  },

  /** Show what may be written into a field. */
  async suggest(field) {
    const { option } = field;
    const pick = (row) => {
      field.value = row.value;
      field.label = row.label;
      const input = this.form.querySelector(`[data-option="${option.name}"] input`);
      input.value = row.label;
      input.closest(".chip").classList.remove("missing");
      this.fit(input);
      this.next(option.name);
    };
    const typed = field.value === undefined ? field.label : "";
    if (option.autocomplete) return this.complete(field, typed, pick);
    const choices = option.type === 5 ? [{ name: "True", value: true }, { name: "False", value: false }] : option.choices;
    if (choices) {
      const fitting = choices.filter((choice) => choice.name.toLowerCase().includes(typed.toLowerCase()));
      return popup.show(option.description, fitting.map((choice) => ({ label: choice.name, value: choice.value })), pick);
    }
    popup.show(option.description, [], pick);
    this.explain(option);
  },

  /** Show the description of a free field in place of the list. */
  explain(option) {
    const holder = document.getElementById("popup");
    holder.replaceChildren(element("div", "popup-title", {}, element("b", "", {}, option.name), ` ${option.description}`));
    holder.hidden = false;
  },

  async complete(field, typed, pick) {
    const asked = (this.asked += 1);
    const answer = await ask({
      do: "autocomplete", channel: state.channel, name: this.command.name,
      option: field.option.name, typed, options: await this.values(false),
    });
    if (asked !== this.asked || this.focused !== field.option.name || document.activeElement?.ariaLabel !== field.option.name) return;
    if (answer.error) return this.explain({ name: field.option.name, description: "Loading options failed" });
    const rows = (answer.choices || []).map((choice) => ({ label: choice.name, value: choice.value }));
    if (rows.length) popup.show(field.option.description, rows, pick);
    else this.explain({ name: field.option.name, description: "No options match your search" });
  },

  /** Go to the next field that is still empty. */
  next(name) {
    const names = [...this.fields.keys()];
    const rest = names.slice(names.indexOf(name) + 1);
    const empty = rest.find((candidate) => !this.isFilled(this.fields.get(candidate)));
    if (empty) return this.focus(empty);
    this.focused = null;
    this.form.querySelector(".send").focus();
    this.suggestOptions();
  },

  fieldKey(event, field, input) {
    if (popup.key(event)) return;
    if (event.key === "Escape") return this.cancel();
    if (event.key === "Enter") { event.preventDefault(); return this.send(); }
    if (event.key === "Backspace" && !input.value) {
      event.preventDefault();
      if (field.option.required) return this.fields.keys().next().value === field.option.name ? this.cancel() : undefined;
      this.fields.delete(field.option.name);
      this.draw();
      this.focus([...this.fields.keys()].at(-1));
    }
  },

  isFilled(field) {
    return field.option.type === 11 ? Boolean(field.file) : field.label !== "";
  },

  /** The options as the server wants them: strings, booleans and files. */
  async values(withFiles) {
    const values = {};
    for (const field of this.fields.values()) {
      if (!this.isFilled(field)) continue;
      if (field.option.type === 11) {
        if (withFiles) values[field.option.name] = await uploadedFile(field.file);
      } else if (field.option.type === 5) {
        values[field.option.name] = field.value ?? field.label.toLowerCase() === "true";
      } else {
        values[field.option.name] = String(field.value ?? byName(field));
      }
    }
    return values;
  },

  async send() {
    if (!this.command) return;
    const missing = [...this.fields.values()].find((field) => field.option.required && !this.isFilled(field));
    this.form.querySelectorAll(".chip").forEach((chip) => chip.classList.toggle("missing", chip.dataset.option === missing?.option.name));
    if (missing) return this.focus(missing.option.name);
    const big = [...this.fields.values()].find((field) => field.file?.size > state.frame.upload_limit);
    if (big) return notice(`${big.file.name} is too big`);
    const sent = { do: "slash", channel: state.channel, name: this.command.name, options: await this.values(true) };
    this.reset();
    document.getElementById("plain").focus();
    toEnd();
    await wish(sent, sent.channel);
  },

  cancel() {
    this.reset();
    document.getElementById("plain").focus();
  },
};

/** A choice may be typed by its name instead of being picked. */
function byName(field) {
  const typed = field.label.toLowerCase();
  return field.option.choices?.find((choice) => choice.name.toLowerCase() === typed)?.value ?? field.label;
}

/** Every command that can be sent, subcommands by their full name. */
function leaves() {
  const found = [];
  const visit = (node, name) => {
    const children = (node.options || []).filter((option) => option.type <= 2);
    if (!children.length) found.push({ name, description: node.description, options: node.options || [] });
    for (const child of children) visit(child, `${name} ${child.name}`);
  };
  for (const command of state.frame?.commands || []) visit(command, command.name);
  return found;
}
