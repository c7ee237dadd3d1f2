// The template as it is being edited: what is selected, every change with its undo. Knows no page element.

export const SIDES = ["left", "top", "right", "bottom"];

// Every cell and strip: {key, field, cell, area}; cell is -1 for a strip. A key is "field.cell".
export function areasOf(template) {
  return template.fields.flatMap((field, f) => [
    ...(field.cells ?? []).map((area, c) => ({ key: `${f}.${c}`, field: f, cell: c, area })),
    ...(field.strip ? [{ key: `${f}.-1`, field: f, cell: -1, area: field.strip }] : []),
  ]);
}

export function bounds(areas) {
  return {
    left: Math.min(...areas.map((a) => a.left)), top: Math.min(...areas.map((a) => a.top)),
    right: Math.max(...areas.map((a) => a.right)), bottom: Math.max(...areas.map((a) => a.bottom)),
  };
}

// Take away rules of which no field is left, and name them. A rule that has lost only some is for the person to mend.
function dropLeftOver(template) {
  const names = new Set(template.fields.map((field) => field.name));
  const about = (rule) => [rule.field, rule.equals, rule.running, ...(rule.sum ?? []), ...(rule.equal ?? []), ...(rule.date ?? [])];
  const left = (template.rules ?? []).filter((rule) => !about(rule).some((name) => names.has(name)));
  if (left.length) template.rules = template.rules.filter((rule) => !left.includes(rule));
  return left.map((rule) => rule.name);
}

export class Model extends EventTarget {
  constructor(template) {
    super();
    this.template = template;
    this.selected = new Set();
    this.active = template.fields.length ? 0 : -1;
    this.past = [];
    this.future = [];
    this.saved = JSON.stringify(template);
    this.merging = null;
  }

  get dirty() { return JSON.stringify(this.template) !== this.saved; }
  get field() { return this.template.fields[this.active]; }
  get selection() { return areasOf(this.template).filter((one) => this.selected.has(one.key)); }

  // Make a change that can be undone. `edit` changes the copy it gets, and may return the keys to select.
  // Changes with the same `merge` that follow each other within a second are undone together.
  change(words, edit, { merge = null } = {}) {
    const before = this.dragged ?? this.template;
    const next = structuredClone(before);
    const keys = edit(next);
    const gone = dropLeftOver(next);
    this.dragged = undefined;
    if (JSON.stringify(next) === JSON.stringify(before)) { this.template = before; this.tell(""); return; }
    const now = Date.now();
    if (!(merge && this.merging?.key === merge && now - this.merging.at < 1000)) {
      this.past.push({ template: before, selected: [...this.selected], active: this.active, words });
    }
    this.merging = merge && { key: merge, at: now };
    this.future = [];
    this.template = next;
    if (keys) this.selected = new Set(keys);
    this.settle();
    this.tell(gone.length ? `${words}; with its fields went the rule ${gone.join(", ")}` : words, true);
  }

  // Show a change while it is being dragged; `change` or `cancel` ends it.
  drag(edit) {
    this.dragged ??= this.template;
    const next = structuredClone(this.dragged);
    edit(next);
    this.template = next;
    this.tell("");
  }

  cancel() {
    if (this.dragged) this.template = this.dragged;
    this.dragged = undefined;
    this.tell("");
  }

  undo() { this.step(this.past, this.future, "Undone"); }
  redo() { this.step(this.future, this.past, "Done again"); }

  step(from, to, words) {
    if (this.dragged || !from.length) return;
    const state = from.pop();
    to.push({ template: this.template, selected: [...this.selected], active: this.active, words: state.words });
    this.template = state.template;
    this.selected = new Set(state.selected);
    this.active = state.active;
    this.merging = null;
    this.settle();
    this.tell(`${words}: ${state.words}`, true);
  }

  select(keys, { add = false } = {}) {
    if (!add) this.selected.clear();
    for (const key of keys) {
      if (add && keys.length === 1 && this.selected.has(key)) this.selected.delete(key);
      else this.selected.add(key);
    }
    const last = keys.at(-1);
    if (last) this.active = Number(last.split(".")[0]);
    this.tell(this.words());
  }

  selectField(index) {
    this.active = index;
    this.select(areasOf(this.template).filter((one) => one.field === index).map((one) => one.key));
    this.active = index;
    this.tell(this.words());
  }

  // Only what is there can be selected; the field of what is selected is the active one.
  settle() {
    const there = new Set(areasOf(this.template).map((one) => one.key));
    this.selected = new Set([...this.selected].filter((key) => there.has(key)));
    const [first] = this.selected;
    if (first) this.active = Number(first.split(".")[0]);
    this.active = Math.min(this.active, this.template.fields.length - 1);
  }

  words() {
    const chosen = this.selection;
    if (!chosen.length) return this.field ? `field ${this.field.name}` : "nothing selected";
    if (chosen.length > 1) return `${chosen.length} cells selected`;
    const [{ field, cell, area }] = chosen;
    const { name, cells } = this.template.fields[field];
    const what = cell < 0 ? "free area" : `cell ${cell + 1} of ${cells.length}`;
    return `${name}, ${what}, at ${area.left}, ${area.top}, ${area.right - area.left} by ${area.bottom - area.top}`;
  }

  markSaved() { this.saved = JSON.stringify(this.template); this.tell(""); }

  tell(words, changed = false) { this.dispatchEvent(new CustomEvent("change", { detail: { words, changed } })); }
}
