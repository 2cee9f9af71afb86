"use strict";
// The list over the composer: commands, options, choices. Arrow keys, Enter, Tab, a tap.

const popup = {
  rows: [],
  chosen: 0,
  pick: null,

  /** Show rows of {label, detail, hint, value}; `pick` gets the row. */
  show(title, rows, pick) {
    const holder = document.getElementById("popup");
    this.rows = rows;
    this.pick = pick;
    this.chosen = Math.min(this.chosen, Math.max(0, rows.length - 1));
    if (!rows.length) return this.hide();
    holder.replaceChildren(
      element("div", "popup-title", {}, title),
      ...rows.map((row, index) => element(
        "button", "popup-row",
        {
          type: "button", role: "option", tabIndex: -1,
          data: { value: String(row.value ?? row.label) },
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => this.take(index),
          onmousemove: () => this.mark(index),
        },
        element("span", "popup-label", {}, row.label),
        row.detail ? element("span", "popup-detail", {}, row.detail) : null,
        row.hint ? element("span", "popup-hint", {}, row.hint) : null,
      )),
    );
    holder.hidden = false;
    this.mark(this.chosen);
  },

  hide() {
    document.getElementById("popup").hidden = true;
    this.rows = [];
    this.chosen = 0;
  },

  mark(index) {
    this.chosen = index;
    document.querySelectorAll(".popup-row").forEach((row, at) => {
      row.setAttribute("aria-selected", String(at === index));
      if (at === index) row.scrollIntoView({ block: "nearest" });
    });
  },

  take(index = this.chosen) {
    const row = this.rows[index];
    const { pick } = this;
    this.hide();
    if (row) pick(row);
  },

  /** Handle a key; true if it was the list's. */
  key(event) {
    if (!this.rows.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.chosen + step + this.rows.length) % this.rows.length);
    else if (event.key === "Enter" || event.key === "Tab") this.take();
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    return true;
  },
};
