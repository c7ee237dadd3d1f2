// The template editor: puts its parts together, keys, saving.

import { ask } from "./ask.js";
import { showEnded } from "./ended.js";
import { Model, areasOf, bounds } from "./editor-model.js";
import { addFields, move, resize } from "./editor-changes.js";
import { Pointer } from "./editor-pointer.js";
import { View } from "./editor-view.js";
import { $, Panel, make } from "./editor-panel.js";
import { Rules } from "./editor-rules.js";
import { Try } from "./editor-try.js";

const start = await ask("api/start");
const model = new Model(start.template);
const view = new View($("canvas"), model);
const pointing = new Pointer(view, drawn);
const panel = new Panel(model, view);
const rules = new Rules(model, panel);
const trial = new Try(model, view, panel, () => page);
let page = 0;                      // the page whose picture is shown
let wanted = 0;                    // the one that was asked for last
let checks = 0;
let checkSoon;
let version = start.version;       // of the file, as this page knows it
let saving = Promise.resolve();    // one after the other: the file holds what was saved last
const troubles = {};               // what it was about -> what went wrong

// ---- what is shown ----------------------------------------------------------------------------------------------------

model.addEventListener("change", ({ detail: { words, changed } }) => {
  if (words) $("status").textContent = words;
  if (changed) { check(); trial.changed(); }
  redraw();
});

function redraw() {
  view.draw();
  panel.draw();
  requestAnimationFrame(() => rules.redraw());
  $("unsaved").hidden = !model.dirty && !start.new;
  $("undo").disabled = !model.past.length;
  $("redo").disabled = !model.future.length;
}

function check() {
  clearTimeout(checkSoon);
  checkSoon = setTimeout(async () => {
    const turn = checks += 1;
    try {
      const { problems } = await ask("api/check", { template: model.template });
      if (turn === checks) showProblems(problems);
      alert("check", "");
    } catch (error) { alert("check", error.message); }
  }, 200);
}

function showProblems(problems) {
  panel.problems = problems;
  view.wrong = new Set([...model.template.fields.keys()].filter((f) => panel.problemsOf("fields", f).length));
  const cells = areasOf(model.template).length;
  $("counts").textContent = problems.length ? `${problems.length} to correct`
    : `${model.template.fields.length} fields, ${cells} cells, nothing wrong`;
  $("counts").classList.toggle("wrong", problems.length > 0);
  for (const [tab, part] of [["fields", "fields"], ["rules", "rules"]]) {
    const wrong = problems.some((text) => text.startsWith(part));
    $(`tab-${tab}`).textContent = `${tab[0].toUpperCase()}${tab.slice(1)}${wrong ? " !" : ""}`;
  }
  $("tab-form").textContent = panel.problemsOf("form").length ? "Form !" : "Form";
  redraw();
}

// What goes well does not hide what went wrong elsewhere.
function alert(about, words) {
  troubles[about] = words;
  $("alert").textContent = [...new Set(Object.values(troubles).filter(Boolean))].join("\n");
  $("alert").hidden = !$("alert").textContent;
}

async function showPage(number) {
  wanted = number;
  $("note").textContent = "Opening the page ...";
  $("note").hidden = false;
  try {
    const { picture, note } = await ask(`api/page/${number}`);
    if (wanted !== number) return;
    await view.show(picture);
    if (wanted !== number) return;
    page = number;
    $("canvas").dataset.page = page;
    $("note").textContent = note;
    $("note").hidden = !note;
    trial.changed();
  } catch (error) { if (wanted === number) $("note").textContent = error.message; }
}

// ---- what is done -----------------------------------------------------------------------------------------------------

// A rectangle was drawn: the printed cells in it become fields, or it becomes one cell where none are printed.
async function drawn(box, pointer) {
  if (box.right - box.left < 3 || box.bottom - box.top < 3) return;
  let rows = [];
  const before = model.template;
  try {
    rows = (await ask("api/find", { page, box })).rows;
    alert("find", "");
  } catch (error) { alert("find", error.message); }
  const idle = model.template === before && !pointing.gesture;
  const there = areasOf(model.template).map((one) => one.area);
  const taken = (cell) => there.some((area) => (
    area.left < (cell.left + cell.right) / 2 && (cell.left + cell.right) / 2 < area.right
    && area.top < (cell.top + cell.bottom) / 2 && (cell.top + cell.bottom) / 2 < area.bottom));
  const free = rows.map((row) => row.filter((cell) => !taken(cell))).filter((row) => row.length);
  const fields = (free.length ? free : [[box]]).map((cells) => ({ cells }));
  const words = free.length ? `found ${free.flat().length} printed cells in ${free.length} rows` : "drew one cell, to be split";
  model.change(words, (next) => addFields(next, fields));
  if (!idle) return;  // who goes on meanwhile keeps tool and focus
  choose("select");
  if (pointer === "mouse" && free.length) panel.editName();
}

function choose(tool) {
  view.setTool(tool);
  for (const name of ["select", "draw", "pan"]) $(`tool-${name}`).setAttribute("aria-pressed", name === tool);
  view.draw();
}

// What is being typed is entered as when the input is left.
function enter() {
  const input = document.activeElement;
  if (input?.matches("aside input, aside textarea")) input.dispatchEvent(new Event("change"));
}

function save() {
  enter();
  saving = saving.then(() => store()).catch((error) => alert("save", `Not saved. ${error.message}`));
  return saving;
}

async function store(replace = false) {
  const sent = model.template;
  const { saved, changed, version: now } = await ask("api/save", { template: sent, version, replace });
  if (changed) { if (await sure(changed, "Replace it")) await store(true); return; }
  version = now;
  start.new = false;
  if (model.template === sent) model.markSaved();
  $("status").textContent = `saved ${saved}`;
  alert("save", "");
  if (troubles.check) check();
}

async function quit() {
  enter();
  await saving;
  const lost = model.dirty || start.new;
  if (lost && !await sure("What is not saved is lost.", "Quit without saving")) return;
  start.new = false;
  model.markSaved();
  try { await ask("api/quit", {}); } catch { /* it has ended already */ }
  showEnded();
}

function sure(words, yes) {
  $("sure-words").textContent = words;
  $("sure-yes").textContent = yes;
  $("sure").returnValue = "no";
  $("sure").showModal();
  return new Promise((done) => {
    $("sure").addEventListener("close", () => done($("sure").returnValue === "yes"), { once: true });
  });
}

// ---- keys -------------------------------------------------------------------------------------------------------------

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function arrow(event) {
  const step = event.shiftKey ? 10 : 1;
  const [dx, dy] = ARROWS[event.key].map((way) => way * step);
  if (event.ctrlKey || event.metaKey || !model.selection.length) { view.panBy(-dx * 40, -dy * 40); return; }
  if (event.altKey) {
    const from = bounds(model.selection.map((one) => one.area));
    const to = { ...from, right: from.right + dx, bottom: from.bottom + dy };
    model.change("resized", (next) => resize(next, model.selected, from, to), { merge: "resize" });
  } else {
    model.change("moved", (next) => move(next, model.selected, dx, dy), { merge: "move" });
  }
  $("status").textContent = model.words();
}

// To the next cell in reading order; false at the end, where Tab leaves the page.
function step(by) {
  const areas = areasOf(model.template);
  const at = areas.findIndex((one) => model.selected.has(one.key));
  const next = at < 0 ? (by > 0 ? 0 : areas.length - 1) : at + by;
  if (!areas[next]) return false;
  model.select([areas[next].key]);
  view.reveal(areas[next].area);
  return true;
}

const CONTROL = {
  z: (event) => (event.shiftKey ? model.redo() : model.undo()), y: () => model.redo(), s: () => save(),
  Enter: () => { enter(); panel.open("try"); trial.run(); },
};
const PLAIN = {
  v: () => choose("select"), d: () => choose("draw"), h: () => choose("pan"),
  "+": () => view.zoomBy(1.25), "=": () => view.zoomBy(1.25), "-": () => view.zoomBy(0.8), 0: () => view.fit(),
  m: () => panel.merge(), n: () => panel.apart(), s: () => { $("split-count").focus(); $("split-count").select(); },
  Delete: () => panel.delete(), Backspace: () => panel.delete(), Escape: () => escape(), "?": () => $("help").showModal(),
};

function escape() {
  if (pointing.gesture) pointing.end(true);
  else if (view.tool !== "select") choose("select");
  else model.select([]);
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  const control = event.ctrlKey || event.metaKey;
  const onPage = event.target === $("canvas") || event.target === document.body;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  let done = true;
  if (control && CONTROL[key] && !(typing && (key === "z" || key === "y"))) CONTROL[key](event);
  else if (typing) { if (key === "Escape") $("canvas").focus(); else return; }
  else if (control && key === "a") model.select(areasOf(model.template).map((one) => one.key));
  else if (control && key === "d") panel.copy();
  else if (onPage && ARROWS[key]) arrow(event);
  else if (onPage && key === " ") pointing.spaceHeld = true;
  else if (onPage && key === "Enter") panel.editName();
  else if (event.target === $("canvas") && key === "Tab" && !control) done = step(event.shiftKey ? -1 : 1);
  else if (!control && !event.altKey && PLAIN[key] && (onPage || key.length === 1)) PLAIN[key]();
  else done = false;
  if (done) event.preventDefault();
});
document.addEventListener("keyup", (event) => { if (event.key === " ") pointing.spaceHeld = false; });
addEventListener("blur", () => { pointing.spaceHeld = false; });
addEventListener("beforeunload", (event) => { if (model.dirty) event.preventDefault(); });

// ---- buttons ----------------------------------------------------------------------------------------------------------

for (const tool of ["select", "draw", "pan"]) $(`tool-${tool}`).addEventListener("click", () => choose(tool));
const buttons = {
  "zoom-in": () => view.zoomBy(1.25), "zoom-out": () => view.zoomBy(0.8), "zoom-fit": () => view.fit(),
  undo: () => model.undo(), redo: () => model.redo(), save: () => save(), quit: () => quit(),
  "help-button": () => $("help").showModal(),
};
for (const [id, action] of Object.entries(buttons)) $(id).addEventListener("click", action);
const tabs = ["fields", "rules", "form", "try"];
for (const [at, name] of tabs.entries()) {
  $(`tab-${name}`).addEventListener("click", () => { panel.open(name); if (name === "try") trial.changed(); });
  $(`tab-${name}`).addEventListener("keydown", ({ key }) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (by) { const to = $(`tab-${tabs.at((at + by) % tabs.length)}`); to.click(); to.focus(); }
  });
}
$("page").append(...start.pages.map(({ id, name }) => make("option", { value: id }, name)));
$("page").addEventListener("change", () => showPage(Number($("page").value)));
$("which").hidden = start.pages.length < 2;
$("file").textContent = start.file;
document.title = `${start.file} - formreader`;

panel.open("fields");
choose("select");
view.fit();
await showPage(0);
check();
redraw();
document.body.dataset.ready = "yes";
