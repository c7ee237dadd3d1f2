// Beside the page: the list of fields, the selected field, the selected cells, the form itself.

import { SIDES } from "./editor-model.js";
import { apart, copyBelow, merge, place, removeCells, rename, resize, shift, split } from "./editor-changes.js";

export const $ = (id) => document.getElementById(id);

export function make(name, given = {}, ...children) {
  const { dataset, ...rest } = given;
  const node = Object.assign(document.createElement(name), rest);
  for (const [key, value] of Object.entries(dataset ?? {})) node.dataset[key] = value;
  node.append(...children);
  return node;
}

// Put `nodes` into `root`; who has the focus there keeps it, by its id.
export function refill(root, nodes) {
  const { id } = document.activeElement ?? {};
  const top = root.scrollTop;
  const had = root.contains(document.activeElement);
  root.replaceChildren(...nodes);
  root.scrollTop = top;
  if (had && id) $(id)?.focus({ preventScroll: true });
}

const put = (input, value) => { if (document.activeElement !== input) input.value = value ?? ""; };

export class Panel {
  constructor(model, view) {
    Object.assign(this, { model, view, problems: [] });
    const on = (id, type, action) => $(id).addEventListener(type, action);
    const edit = (words, change) => () => { const f = model.active; model.change(words, (next) => change(next.fields[f], next, f)); };
    for (const id of ["field", "selection"]) on(id, "submit", (event) => event.preventDefault());
    on("field-name", "change", edit("renamed", (_, next, f) => rename(next, f, $("field-name").value.trim())));
    on("field-name", "keydown", (event) => { if (event.key === "Enter") this.nextName(event); });
    on("field-kind", "change", edit("kind", (field) => {
      field.kind = $("field-kind").value;
      if (field.kind !== "amount") delete field.decimals;
      else field.decimals ??= 2;
    }));
    on("field-decimals", "change", edit("decimals", (field) => { field.decimals = whole("field-decimals") ?? undefined; }));
    on("field-count", "change", edit("count", (field) => { field.count = whole("field-count") ?? field.count; }));
    on("field-required", "change", edit("required", (field) => { field.required = $("field-required").checked; }));
    on("field-fill-marks", "change", edit("fill marks", (field) => { field.fill_marks = $("field-fill-marks").checked; }));
    on("field-where", "change", edit("place", (_, next, f) => place(next, f, $("field-where").value)));
    on("field-up", "click", () => this.shift(-1));
    on("field-down", "click", () => this.shift(1));
    on("field-all", "click", () => model.selectField(model.active));
    on("field-delete", "click", edit("field deleted", (_, next, f) => { next.fields.splice(f, 1); return []; }));
    for (const input of $("sides").querySelectorAll("input")) input.addEventListener("change", () => this.setSide(input));
    on("split", "click", () => this.split());
    on("split-count", "keydown", (event) => { if (event.key === "Enter") this.split(); });
    for (const name of ["merge", "apart", "copy", "delete"]) on(name, "click", () => this[name]());
    on("form-name", "change", () => model.change("form renamed", (next) => { next.name = $("form-name").value.trim(); }));
    on("form-dpi", "change", () => model.change("resolution", (next) => { next.dpi = Number($("form-dpi").value); }));
    this.reference = model.template.reference;
    $("reference-row").hidden = !this.reference;
    on("form-reference", "change", () => model.change("reference", (next) => {
      if ($("form-reference").checked) next.reference = this.reference;
      else delete next.reference;
    }));
  }

  // ---- what buttons and keys do -----------------------------------------------------------------------------------

  split() {
    const count = whole("split-count");
    if (count >= 2 && this.model.selected.size) {
      this.model.change(`split into ${count}`, (next) => split(next, this.model.selected, count));
    }
  }

  merge() { this.model.change("merged into one field", (next) => merge(next, this.model.selected)); }
  apart() { this.model.change("made a field of its own", (next) => apart(next, this.model.selected)); }
  copy() { this.model.change("copied below", (next) => copyBelow(next, this.model.selected)); this.reveal(); }
  delete() { this.model.change("deleted", (next) => { removeCells(next, this.model.selected); return []; }); }

  shift(by) {
    const at = this.model.active;
    if (at + by < 0 || at + by >= this.model.template.fields.length) return;
    this.model.change("order", (next) => shift(next, at, by));
    this.model.selectField(at + by);
  }

  setSide(input) {
    const [one] = this.model.selection;
    const { side } = input.dataset;
    if (!one || input.value === "") return;
    const to = { ...one.area, [side]: Math.round(Number(input.value)) };
    this.model.change(side, (next) => resize(next, this.model.selected, one.area, to), { merge: `side ${side} ${one.key}` });
    input.value = this.model.selection[0]?.area[side];
  }

  // From name to name, with Enter only.
  nextName(event) {
    event.preventDefault();
    const input = $("field-name");
    input.dispatchEvent(new Event("change"));
    if (this.model.active < this.model.template.fields.length - 1) this.model.selectField(this.model.active + 1);
    this.reveal();
    input.value = this.model.field?.name ?? "";
    input.select();
  }

  reveal() {
    const [one] = this.model.selection;
    if (one) this.view.reveal(one.area);
  }

  editName() {
    if (!this.model.field) return;
    this.open("fields");
    this.redraw();
    $("field-name").focus();
    $("field-name").select();
  }

  open(name) {
    for (const tab of document.querySelectorAll("[role=tab]")) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
      $(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    this.tab = name;
  }

  // ---- drawing ----------------------------------------------------------------------------------------------------

  draw() {
    this.waiting ??= requestAnimationFrame(() => { this.waiting = undefined; this.redraw(); });
  }

  // What is said of one part: "fields", 2 or "rules", 0; of everything else with "form".
  problemsOf(part, index) {
    const places = (text) => [...text.split(": ")[0].matchAll(/(fields|rules)\[(\d+)\]/g)].map((m) => `${m[1]} ${m[2]}`);
    return this.problems.filter((text) => (part === "form" ? !places(text).length : places(text).includes(`${part} ${index}`)));
  }

  redraw() {
    const { model } = this;
    const { template } = model;
    refill($("fields"), template.fields.map((field, f) => this.item(field, f)));
    document.querySelector("#fields [aria-current=true]")?.scrollIntoView({ block: "nearest" });
    $("no-fields").hidden = template.fields.length > 0;
    $("fields").hidden = !template.fields.length;
    $("field").hidden = !model.field;
    if (model.field) this.drawField(model.field, template);
    this.drawSelection(model.selection);
    put($("form-name"), template.name);
    put($("form-width"), template.width);
    put($("form-height"), template.height);
    put($("form-dpi"), template.dpi);
    $("form-reference").checked = Boolean(template.reference);
    say($("form-problems"), this.problemsOf("form"));
  }

  item(field, f) {
    const size = field.cells ? `${field.cells.length} cell${field.cells.length === 1 ? "" : "s"}` : field.strip ? "area" : `row of ${field.count}`;
    const wrong = this.problemsOf("fields", f).length > 0;
    const button = make("button", { type: "button", id: `item-${f}`, className: wrong ? "wrong" : "" },
      make("span", {}, `${f + 1}`), make("span", {}, field.name || "(no name)"), make("span", {}, size));
    button.setAttribute("aria-current", f === this.model.active);
    if (wrong) button.title = this.problemsOf("fields", f).join("\n");
    button.addEventListener("click", () => { this.model.selectField(f); this.reveal(); });
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.model.selectField(f);
      this.reveal();
      this.editName();
    });
    return make("li", {}, button);
  }

  drawField(field, template) {
    const f = this.model.active;
    put($("field-name"), field.name);
    $("field-kind").value = field.kind ?? "digits";
    $("decimals-row").hidden = field.kind !== "amount";
    put($("field-decimals"), field.decimals);
    $("field-required").checked = Boolean(field.required);
    $("field-fill-marks").checked = Boolean(field.fill_marks);
    $("field-where").value = field.strip ? "strip" : field.find ? "find" : "cells";
    $("count-row").hidden = !field.find;
    put($("field-count"), field.count);
    $("field-up").disabled = f === 0;
    $("field-down").disabled = f === template.fields.length - 1;
    $("field-all").hidden = !field.cells;
    const wrong = this.problemsOf("fields", f);
    say($("field-problems"), wrong);
    $("field-name").setAttribute("aria-invalid", wrong.length > 0);
    refill($("cells"), (field.cells ?? []).map((_, c) => this.cell(f, c, field)));
  }

  cell(f, c, field) {
    const key = `${f}.${c}`;
    const button = make("button", { type: "button", id: `cell-${f}-${c}`, textContent: c + 1 });
    button.setAttribute("aria-pressed", this.model.selected.has(key));
    button.setAttribute("aria-label", `cell ${c + 1} of ${field.name}`);
    button.addEventListener("click", (event) => {
      this.model.select([key], { add: event.shiftKey || event.ctrlKey });
      this.reveal();
    });
    return button;
  }

  drawSelection(selection) {
    $("selection").hidden = !selection.length;
    $("selection-words").textContent = selection.length === 1
      ? (selection[0].cell < 0 ? "Free area" : `Cell ${selection[0].cell + 1}`) : `${selection.length} cells`;
    $("sides").hidden = selection.length !== 1;
    for (const input of $("sides").querySelectorAll("input")) put(input, selection[0]?.area[input.dataset.side]);
    const cells = selection.filter((one) => one.cell >= 0);
    $("merge").disabled = new Set(cells.map((one) => one.field)).size < 2;
    $("apart").disabled = !cells.length || cells.length === this.model.template.fields[cells[0].field].cells.length;
  }
}

export function say(list, lines) {
  list.replaceChildren(...lines.map((line) => make("li", {}, line)));
}

function whole(id) {
  const value = $(id).value;
  return value === "" ? null : Math.round(Number(value));
}
