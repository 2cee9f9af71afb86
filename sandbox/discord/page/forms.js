"use strict";
// Forms: what Discord calls a modal, over the page until it is sent or closed.

const PARAGRAPH = 2;

/** Open a form; `channel` is where its answer goes. */
function openForm(form, channel) {
  const holder = document.getElementById("form");
  const fields = form.components.map(formField).filter(Boolean);
  const failure = element("div", "form-failed", { role: "alert", hidden: true });
  const send = element("button", "button primary", { type: "submit" }, "Submit");
  const close = () => { holder.hidden = true; holder.replaceChildren(); };
  const submit = async (event) => {
    event.preventDefault();
    const wrong = fields.find((field) => field.read && !field.isComplete());
    fields.forEach((field) => field.row.classList.toggle("missing", field === wrong));
    if (wrong) return wrong.focus();
    const values = {};
    for (const field of fields.filter((candidate) => candidate.read)) values[field.customId] = await field.read();
    send.disabled = true;
    const answer = await ask({ do: "submit", form: form.interaction, values });
    send.disabled = false;
    failure.textContent = answer.error ? `Something went wrong: ${answer.error}` : "";
    failure.hidden = !answer.error;
    if (!answer.error) close();
  };
  holder.replaceChildren(element("form", "form-box", { onsubmit: submit, role: "dialog", "aria-label": form.title },
    element("header", "form-title", {}, element("b", "", {}, form.title),
      element("button", "icon", { type: "button", "aria-label": "Close", onclick: close }, "✕")),
    element("div", "form-fields", {}, ...fields.map((field) => field.row), failure),
    element("footer", "form-end", {}, element("button", "button secondary", { type: "button", onclick: close }, "Cancel"), send)));
  holder.onkeydown = (event) => { if (event.key === "Escape") close(); };
  holder.hidden = false;
  fields.find((field) => field.focus)?.focus();
}

/** A row of a form: a text, or a field with its label. */
function formField(component) {
  if (component.type === 10) return { row: written("text-display", component.content) };
  const inner = component.component ?? component.components?.[0];
  const build = FIELDS[inner?.type];
  if (!build) return null;
  const field = build(inner);
  const isRequired = inner.required ?? (inner.type === 4 || inner.type === 3);
  const label = component.label ?? inner.label ?? "";
  const row = element("div", "form-row", { data: { label } },
    element("div", "form-label", {}, label, isRequired ? element("span", "required", {}, "*") : null),
    component.description ? element("div", "form-description", {}, component.description) : null,
    field.box);
  field.box.querySelectorAll("input, textarea, select").forEach((input) => input.setAttribute("aria-label", label));
  if (field.box.matches("textarea, select, input")) field.box.setAttribute("aria-label", label);
  return {
    ...field, row, customId: inner.custom_id,
    isComplete: () => (field.isEmpty() ? !isRequired : field.isRight?.() ?? true),
  };
}

function textField(spec) {
  const box = element(spec.style === PARAGRAPH ? "textarea" : "input", "form-input", {
    value: spec.value ?? "", placeholder: spec.placeholder ?? "", maxLength: spec.max_length ?? 4000,
  });
  const count = element("div", "form-count", {});
  const show = () => { count.textContent = `${box.value.length}/${box.maxLength}`; };
  box.oninput = show;
  show();
  return {
    box: element("div", "", {}, box, count),
    isEmpty: () => box.value === "",
    isRight: () => box.value.length >= (spec.min_length ?? 0) && box.value.length <= box.maxLength,
    read: () => box.value, focus: () => box.focus(),
  };
}

function selectField(spec) {
  const isMany = (spec.max_values ?? 1) > 1;
  const options = spec.options.map((option) => element("option", "", {
    value: option.value, selected: Boolean(option.default),
  }, option.description ? `${option.label} · ${option.description}` : option.label));
  if (!isMany) options.unshift(element("option", "", { value: "", selected: !spec.options.some((it) => it.default) }, spec.placeholder ?? "Make a selection"));
  const box = element("select", "form-input", { multiple: isMany }, ...options);
  const chosen = () => [...box.selectedOptions].map((option) => option.value).filter(Boolean);
  return { box, isEmpty: () => !chosen().length, read: chosen, focus: () => box.focus() };
}

function uploadField(spec) {
  const input = element("input", "", { type: "file", multiple: (spec.max_values ?? 1) > 1 });
  const names = element("span", "form-files", {}, "Drop a file or browse");
  input.onchange = () => { names.textContent = [...input.files].map((file) => file.name).join(", ") || "Drop a file or browse"; };
  return {
    box: element("label", "form-upload", {}, "📎 ", names, input),
    isEmpty: () => !input.files.length,
    isRight: () => input.files.length <= (spec.max_values ?? 1) && [...input.files].every((file) => file.size <= state.frame.upload_limit),
    read: () => Promise.all([...input.files].map(uploadedFile)),
    focus: () => input.focus(),
  };
}

function checkField(spec) {
  const input = element("input", "", { type: "checkbox", checked: Boolean(spec.default) });
  return { box: element("label", "form-check", {}, input), isEmpty: () => false, read: () => input.checked, focus: () => input.focus() };
}

/** One of several (radio buttons), or any of them (checkboxes). */
function choiceField(spec) {
  const isMany = spec.type === 22;
  const inputs = spec.options.map((option) => element("input", "", {
    type: isMany ? "checkbox" : "radio", name: spec.custom_id, value: option.value, checked: Boolean(option.default),
  }));
  const box = element("div", "", {}, ...spec.options.map((option, index) => element("label", "form-check", {}, inputs[index], option.label)));
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return {
    box, isEmpty: () => !chosen().length, focus: () => inputs[0].focus(),
    read: () => (isMany ? chosen() : chosen()[0] ?? null),
  };
}

const FIELDS = { 3: selectField, 4: textField, 19: uploadField, 21: choiceField, 22: choiceField, 23: checkField };
