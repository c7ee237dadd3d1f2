// The rules: one box each, with inputs for what its kind needs, and what the program says about it.

import { freshName } from "./editor-changes.js";
import { $, make, refill, say } from "./editor-panel.js";

// Kind -> what it is called, and [key, how it is given, label] of each part. A rule's kind is the key that only it has.
const KINDS = {
  sum: ["Sum", [["sum", "fields", "These fields ..."], ["equals", "field", "... add up to"]]],
  date: ["Date", [["date", "date", ""], ["earliest", "day", "not before"], ["latest", "day", "not after"]]],
  checksum: ["Check digit", [["field", "field", "Field"], ["checksum", ["luhn", "mod11", "mod97", "verhoeff", "aba"], "Method"]]],
  values: ["List of values", [["field", "field", "Field"], ["values", "list", "Allowed: one a line, or the name of a table beside the template (.csv, .xlsx, .json)"]]],
  length: ["Length", [["field", "field", "Field"], ["length", "number", "Digits"]]],
  equal: ["Same value", [["equal", "fields", "These fields hold the same"]]],
  running: ["Running number", [["running", "field", "Field"]]],
  field: ["Range", [["field", "field", "Field"], ["minimum", "number", "at least"], ["maximum", "number", "at most"]]],
};
const ORDER = ["sum", "equal", "checksum", "date", "values", "length", "running", "field"];
const kindOf = (rule) => ORDER.find((key) => key in rule) ?? "field";

// A new rule of the fields that are selected, or of the active one.
function fresh(kind, names, template) {
  const [one] = names;
  const before = template.fields.slice(0, template.fields.findIndex((field) => field.name === one)).map((field) => field.name);
  const parts = {
    sum: { sum: names.length > 1 ? names.slice(0, -1) : before.slice(-2), equals: names.at(-1) },
    date: { date: names.length >= 3 ? names.slice(0, 3) : [one] },
    checksum: { field: one, checksum: "luhn" },
    values: { field: one, values: [] },
    length: { field: one, length: template.fields.find((field) => field.name === one)?.cells?.length ?? 1 },
    equal: { equal: names.length > 1 ? names : template.fields.slice(0, 2).map((field) => field.name) },
    running: { running: one },
    field: { field: one, minimum: 0 },
  };
  return { name: freshName(template, KINDS[kind][0].toLowerCase().replaceAll(" ", "_")), ...parts[kind] };
}

export class Rules {
  constructor(model, panel) {
    Object.assign(this, { model, panel });
    $("rule-kind").append(...Object.entries(KINDS).map(([value, [words]]) => make("option", { value }, words)));
    $("rule-add").addEventListener("click", () => this.add($("rule-kind").value));
  }

  add(kind) {
    const { template, selection, active } = this.model;
    const fields = selection.length ? [...new Set(selection.map((one) => one.field))] : [Math.max(0, active)];
    if (!template.fields.length) return;
    const rule = fresh(kind, fields.map((f) => template.fields[f].name), template);
    this.model.change("rule added", (next) => { (next.rules ??= []).push(rule); });
    this.redraw();
    $(`rule-${template.rules?.length ?? 0}-name`)?.select();
  }

  redraw() {
    const rules = this.model.template.rules ?? [];
    $("no-rules").hidden = rules.length > 0;
    refill($("rules"), rules.map((rule, r) => this.box(rule, r)));
  }

  box(rule, r) {
    const [words, parts] = KINDS[kindOf(rule)];
    const wrong = this.panel.problemsOf("rules", r);
    const remove = make("button", { type: "button", id: `rule-${r}-remove` }, "Delete");
    remove.addEventListener("click", () => this.model.change("rule deleted", (next) => { next.rules.splice(r, 1); }));
    const name = this.input(r, "name", rule, { value: rule.name, autocomplete: "off" }, (input) => input.value.trim());
    const problems = make("ul", { className: "problems" });
    say(problems, wrong);
    const inputs = parts.map(([key, how, label]) => this.part(rule, r, key, how, label));
    return make("fieldset", { className: wrong.length ? "wrong" : "" }, make("legend", {}, words),
      make("div", { className: "row" }, labelled("Name", name, "grow"), remove), ...inputs, problems);
  }

  part(rule, r, key, how, label) {
    if (how === "fields") return this.several(rule, r, key, label);
    if (how === "date") return this.date(rule, r);
    if (how === "field") return labelled(label, this.choice(r, key, rule, this.names(rule[key]), rule[key]));
    if (Array.isArray(how)) return labelled(label, this.choice(r, key, rule, how, rule[key]));
    if (how === "list") {
      const value = Array.isArray(rule.values) ? rule.values.join("\n") : rule.values;
      return labelled(label, this.input(r, key, rule, { value, rows: 4 }, (input) => listed(input.value), "textarea"));
    }
    const type = how === "day" ? "date" : "number";
    const read = (input) => (input.value === "" ? undefined : how === "day" ? input.value : Number(input.value));
    return labelled(label, this.input(r, key, rule, { type, step: "any", value: rule[key] ?? "" }, read));
  }

  names(also) {
    const names = this.model.template.fields.map((field) => field.name);
    return also === undefined || names.includes(also) ? names : [also, ...names]; // a field that is gone is shown too
  }

  set(r, key, value) {
    this.model.change("rule", (next) => { if (value === undefined) delete next.rules[r][key]; else next.rules[r][key] = value; });
  }

  input(r, key, rule, given, read, kind = "input") {
    const input = make(kind, { id: `rule-${r}-${key}`, ...given });
    input.addEventListener("change", () => this.set(r, key, read(input)));
    return input;
  }

  choice(r, key, rule, options, value, chosen = (one) => this.set(r, key, one)) {
    const select = make("select", { id: `rule-${r}-${key}` }, ...options.map((one) => make("option", { value: one }, one || "-")));
    select.value = value ?? "";
    select.addEventListener("change", () => chosen(select.value));
    return select;
  }

  several(rule, r, key, label) {
    const gone = rule[key].filter((name) => !this.names().includes(name));
    const boxes = [...gone, ...this.names()].map((name, n) => {
      const box = make("input", { type: "checkbox", id: `rule-${r}-${key}-${n}`, checked: rule[key].includes(name) });
      box.addEventListener("change", () => this.set(r, key,
        box.checked ? [...rule[key], name] : rule[key].filter((one) => one !== name)));
      return make("label", { className: "check" }, box, name);
    });
    const group = make("div", { className: "boxes" }, ...boxes);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", label);
    return make("div", {}, make("span", { className: "dim" }, label), group);
  }

  // Three fields, or one of eight digits.
  date(rule, r) {
    const pick = (at, label) => labelled(label, this.choice(r, `date-${at}`, rule, ["", ...this.names(rule.date[at])], rule.date[at],
      (name) => {
        const parts = [0, 1, 2].map((n) => (n === at ? name : rule.date[n] ?? ""));
        this.set(r, "date", parts.filter(Boolean));
      }));
    return make("div", { className: "row" }, pick(0, "Day (or DDMMYYYY)"), pick(1, "Month"), pick(2, "Year"));
  }
}

function labelled(words, input, className = "") { return make("label", { className }, words, input); }

function listed(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return lines.length === 1 && /\.(csv|xlsx|json)$/i.test(lines[0]) ? lines[0] : lines;
}
