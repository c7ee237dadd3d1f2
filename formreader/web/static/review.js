// The review page: one field after the other. Keys do everything; the server decides what may be shown.

import { ask } from "./ask.js";
import { gallery } from "./review-gallery.js";
import { allSaved, onSaving, save, token, unsaved } from "./review-queue.js";
import { doubtful, element, machine, said, verdict } from "./review-reading.js";
import { forget, hang, load, looked } from "./review-scan.js";

const $ = (id) => document.getElementById(id);
const AHEAD = 6;

let about;                 // what /start said
let refusal = "";          // why the last answer to this question was not taken
let current = null;        // the question on the screen, until it is answered
let at = -1;               // its position, also afterwards
let ahead = [];            // questions that come next, their pictures loaded
let more = null;           // the request for further ones
let answered = new Set();  // decided here, maybe not yet saved
let since = 0;             // when the question was shown
let drafts = 0;
let byHand = false;        // whether somebody typed since the question is shown
let pace = [];             // milliseconds of the last decisions
let only = "todo";
let whole = false;         // the form, not the field
let pictured = false;      // there is one: without it nothing that the machine read is accepted
let doubted = null;        // the question whose guessed digit was pointed out: the next Enter accepts it
let seen = false;          // the picture of the question is on the screen: nothing is accepted unseen

let clock = 0;             // counts what was decided
const changed = new Map(); // page -> the clock when something of it was decided last

// ---- what to ask

async function questions(extra) {
  const asof = clock;
  const found = await ask(query(extra));
  return found.questions.map((question) => ({ ...question, asof }));
}

function query(extra) {
  const [least, most] = $("by-confidence").value.split("-");
  const wanted = { only, field: $("by-field").value, reason: $("by-reason").value, least, most_sure: most, ...extra };
  return "api/questions?" + new URLSearchParams(wanted);
}

async function refill() {
  ahead.slice(0, AHEAD).forEach(load);
  if (more || (ahead.length >= AHEAD && ahead.length)) return more;
  const last = ahead.length ? ahead[ahead.length - 1].position : at;
  more = (async () => {
    const found = await questions({ after: last, most: 2 * AHEAD });
    const known = new Set(ahead.map((one) => one.id));
    ahead.push(...found.filter((one) => !known.has(one.id) && !(only === "todo" && answered.has(one.id))));
    ahead.slice(0, AHEAD).forEach(load);
  })();
  try { await more; } catch (error) { alarm(error.message); } finally { more = null; }
}

async function start(position = -1) {
  ahead = [];
  current = null;
  at = position;
  const found = await questions({ after: position, most: 2 * AHEAD });
  ahead = found.filter((one) => !(only === "todo" && answered.has(one.id)));
  if (!ahead.length && position >= 0) return start(-1);
  return next();
}

async function next() {
  if (!ahead.length) await refill();
  if (!ahead.length && only !== "all" && (await wrapped())) return;
  const question = ahead.shift();
  if (question) show(question); else finished();
  refill();
}

// At the end of the table what was passed over on the way comes again.
async function wrapped() {
  const found = await questions({ most: 2 * AHEAD });
  ahead = found.filter((one) => !answered.has(one.id) || only !== "todo");
  if (only === "disputed") ahead = ahead.filter((one) => !answered.has(one.id));
  if (!ahead.length) return false;
  show(ahead.shift());
  refill();
  return true;
}

async function move(step) {
  const place = current ? current.position : at + 1;
  const all = { only: only === "disputed" ? only : "all" };
  await allSaved();
  const extra = step > 0 ? { ...all, after: place, most: 1 } : { ...all, before: place, most: 1 };
  const [found] = await questions(extra);
  if (!found) return;
  if (step > 0) ahead = ahead.filter((one) => one.position > found.position);
  else ahead = [];
  show(found);
  refill();
}

// ---- one question

// The picture of the question before goes at once: a value must never be judged by another field's picture.
async function showPicture(question) {
  const place = whole ? $("form") : $("picture");
  for (const id of ["picture", "form", "no-picture"]) $(id).hidden = true;
  $("loading").hidden = false;
  const look = whole ? await looked(`api/form/${question.id}`).catch((error) => ({ note: error.message })) : await load(question);
  if (current !== question || place !== (whole ? $("form") : $("picture"))) return;
  $("loading").hidden = true;
  $("no-picture").hidden = !look.note;
  $("no-picture").textContent = look.note || "";
  const here = about.fields.findIndex((field) => field.name === question.field);
  const alt = `Scan of ${whole ? "the whole form" : question.field}, ${question.file} page ${question.page}`;
  if (look.url) {
    hang(place, look, alt, whole ? (index) => index === here ? "here" : ""
      : (index) => look.boxes.length === 1 && question.raw.length > 1 ? "here"  // all of the value, not its first digit
        : doubtful(question, index) ? "doubtful" : "sure");
  }
  pictured = Boolean(look.url);
  if (!pictured && question.mine === null && $("value").value === question.machine) $("value").value = "";
  seen = true;
  document.body.dataset.shown = question.id;
}

function show(question) {
  current = question;
  at = question.position;
  since = performance.now();
  drafts = 0;
  byHand = false;
  refusal = "";
  view("field-view");
  $("leave-page").hidden = !question.failed;
  $("field-name").textContent = question.field;
  $("place").textContent = `${question.file} page ${question.page}`;
  $("reasons").replaceChildren(...(question.blind ? ["typed blind"] : question.words).map((words) => element("span", words)));
  machine(question);
  $("value").value = question.value;
  $("value").setAttribute("aria-label", `${question.field}, ${question.file} page ${question.page}, value`);
  $("mine").textContent = question.mine === null ? question.earlier && `decided ${question.earlier} when the table read otherwise`
    : `you said: ${question.mine_status === "rejected" ? "illegible" : question.mine || "blank"}`;
  said(question);
  seen = false;
  delete document.body.dataset.shown;
  whole = false;
  verdict(question);
  if (changed.get(pageOf(question)) > question.asof) recheck(question);
  showPicture(question);
  $("value").focus({ preventScroll: true });
  $("value").select();
}

function pageOf(question) {
  return `${question.file}\n${question.page}`;
}

// It was fetched ahead: how the rules stand with what was decided on its page since.
async function recheck(question) {
  await allSaved();
  const answer = await ask(`api/rules/${question.id}`).catch(() => null);
  if (answer && current === question && $("value").value === question.value) verdict(answer);
}

// What was decided breaks a rule that these are part of, though they were accepted: they come next.
function besides(found) {
  const known = new Set([...ahead.map((one) => one.id), ...answered, current?.id]);
  const fresh = only === "disputed" ? [] : found.filter((one) => !known.has(one.id)).map((one) => ({ ...one, asof: clock }));
  ahead.unshift(...fresh);
  fresh.forEach(load);
}

// ---- answering

function typed() {
  if (!current) return;
  refusal = "";
  const question = current;
  const body = { id: question.id, text: $("value").value, number: Date.now() * 1000 + drafts++ };
  save({
    path: "api/draft", body,
    replaces: (other) => other.path === "api/draft" && other.body.id === body.id,
    done: (answer) => { if (current === question && $("value").value === body.text) verdict(refusal ? { ...answer, problem: refusal } : answer); },
    refused: (error) => alarm(error.message),
  });
}

// The same rules as the server's, which has the last word.
function fault(text, field) {
  text = text.trim().replaceAll(" ", "");
  if (!field || !text) return "";
  if (field.kind === "amount") return /^[0-9]+([.,][0-9]+)?$/.test(text) ? "" : "an amount such as 12.50";
  if (!/^[0-9]+$/.test(field.cheque ? text.replace(/[/.-]/g, "") : text)) return "digits only";
  return field.cells && text.length > field.cells ? `${text.length} digits, and the field has ${field.cells} cells` : "";
}

// Stands until something else is typed: the answer to an earlier draft may come later.
function refuse(words) {
  refusal = words;
  $("problem").textContent = words;
}

// Whether it is the machine's value, in which a digit was put where the machine saw none, and nobody typed it.
function guess(question, text) {
  return question.mine === null && question.raw.includes("?") && text === question.machine && !byHand;
}

function accept(status) {
  if (!current) return;
  if (!seen) { $("problem").textContent = "wait until the scan is shown"; return; }
  const question = current;
  const text = status === "read" ? $("value").value : "";
  const wrong = fault(text, about.fields.find((field) => field.name === question.field));
  if (wrong) { refuse(wrong); $("value").setAttribute("aria-invalid", "true"); return; }
  if (status === "read" && !text.trim()) {
    if (!pictured) { refuse("there is no scan to see it on: type the value from the paper; B if nothing is written, X to leave it"); return; }
    if (question.blind || question.machine) { refuse("type the value; B if nothing is written, X if illegible"); return; }
    status = "blank";
  }
  if (status === "read" && guess(question, text) && doubted !== question.id) {
    doubted = question.id;
    refuse("where ? stands no digit was read: type what it is, or press Enter again if the guess is right");
    return;
  }
  const milliseconds = Math.round(performance.now() - since);
  save({
    path: "api/decide", body: { id: question.id, text, status, token: token(), milliseconds },
    done: (answer) => { progress(answer.progress); besides(answer.besides); },
    refused: (error) => {
      answered.delete(question.id);
      show({ ...question, value: text });
      $("problem").textContent = error.message;
    },
  });
  if (milliseconds < 60000) pace = [...pace, milliseconds].slice(-60);
  answered.add(question.id);
  changed.set(pageOf(question), ++clock);
  current = null;
  delete document.body.dataset.shown;
  next();
}

// Nobody can read the failed page that this field is of: all that is left of it is answered at once.
async function leavePage() {
  if (!current?.failed) return;
  const question = current;
  const milliseconds = Math.round(performance.now() - since);
  await allSaved();
  progress((await ask("api/leave-page", { id: question.id, token: token(), milliseconds })).progress);
  changed.set(pageOf(question), ++clock);
  await start(question.position);
}

async function undo() {
  await allSaved();
  const answer = await ask("api/undo", {});
  progress(answer.progress);
  if (!answer.question) { $("saved").textContent = "nothing to take back"; return; }
  answered = new Set();
  ahead = [];
  changed.set(pageOf(answer.question), ++clock);
  if (!$("gallery-view").hidden) { forget(); return gallery.back(); }
  show(answer.question);
  refill();
}

// ---- around it

function progress(state) {
  about.progress = state;
  $("bar").max = Math.max(1, state.asked);
  $("bar").value = state.asked - state.todo;
  const sorted = [...pace].sort((a, b) => a - b);
  const minutes = sorted.length < 5 ? null : Math.ceil(state.todo * sorted[sorted.length >> 1] / 60000);
  $("progress").textContent = `${(state.asked - state.todo).toLocaleString("en")} of ${state.asked.toLocaleString("en")}`
    + (minutes === null || !state.todo ? "" : minutes < 90 ? `, ${minutes} min left` : `, ${(minutes / 60).toFixed(1)} h left`);
  $("disputes").textContent = state.disputed;
  $("tab-disputed").hidden = !about.two_people;
  $("who").textContent = about.reviewer + (about.two_people ? `, one of two (${state.waiting} wait for the other)` : "");
}

function view(name) {
  for (const one of ["field-view", "gallery-view", "done-view"]) $(one).hidden = one !== name;
  $("tab-fields").setAttribute("aria-pressed", String(name !== "gallery-view" && only !== "disputed"));
  $("tab-gallery").setAttribute("aria-pressed", String(name === "gallery-view"));
  $("tab-disputed").setAttribute("aria-pressed", String(name !== "gallery-view" && only === "disputed"));
}

async function finished() {
  current = null;
  await allSaved();
  if (ahead.length) return next();  // asked for because of the last answers
  view("done-view");
  const { todo, waiting, disputed } = about.progress;
  const filtered = todo > 0 && only === "todo";
  $("done").replaceChildren(
    element("h2", only === "disputed" ? "Nothing is disputed." : filtered ? "Nothing more with this filter." : "All is decided."),
    element("p", filtered ? `${todo} other fields are to do.` : waiting ? `${waiting} fields wait for the other reviewer.`
      : disputed ? `${disputed} fields are disputed.` : "Press Finish to write the reviewed table."),
  );
  if (!todo) $("finish").focus();
}

function alarm(words) {
  $("alert").hidden = !words;
  $("alert").textContent = words;
}

async function finish() {
  await allSaved();
  $("finish").disabled = true;
  $("finish").textContent = "writing ...";  // thousands of cells are cut for it
  try {
    const { words } = await ask("api/finish", {});
    $("finished-words").replaceChildren(...words.map((line) => element("p", line)));
    $("finished").showModal();
  } catch (error) { alarm(error.message); } finally { $("finish").disabled = false; $("finish").textContent = "Finish"; }
}

async function quit() {
  try { await ask("api/quit", {}); } catch { /* it has ended already */ }
  document.querySelectorAll("header, main").forEach((part) => part.remove());
  const ended = element("p", "The program has ended. Close this page.");
  ended.className = "ended";
  $("finished").replaceWith(ended);
}

function restart() {
  answered = new Set();
  only = $("by-state").value;
  if ($("gallery-view").hidden) start(); else gallery.open(gallery.symbol);
}

async function toggleGallery() {
  if ($("gallery-view").hidden) { await allSaved(); view("gallery-view"); gallery.open(gallery.symbol); return; }
  forget();
  await start(at - 1);
}

function theme() {
  const dark = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim() === "#15171a";
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("formreader-theme", document.documentElement.dataset.theme);
}

const LETTERS = {
  u: undo, f: () => { whole = !whole; if (current) showPicture(current); },
  b: () => accept("blank"), x: () => accept("rejected"), g: toggleGallery,
};

function key(event) {
  if (document.querySelector("dialog[open]") || event.altKey || event.metaKey) return;
  if (event.ctrlKey) { if (event.key === "z") { event.preventDefault(); undo(); } return; }
  if (event.key === "?") { event.preventDefault(); $("help").showModal(); return; }
  const letter = LETTERS[event.key.toLowerCase()];
  const elsewhere = event.target.closest("select, button, #filter");
  if (!$("gallery-view").hidden) {
    if (event.key.toLowerCase() === "g" || event.key.toLowerCase() === "u") { event.preventDefault(); letter(); return; }
    if (!elsewhere) gallery.key(event);
    return;
  }
  if (elsewhere && event.key !== "Escape" && !letter) return;
  if (letter === LETTERS.x && event.shiftKey && current?.failed) {
    event.preventDefault();
    leavePage().catch((error) => alarm(error.message));
    return;
  }
  if (letter) { event.preventDefault(); letter(); return; }
  const step = { ArrowUp: -1, PageUp: -1, ArrowDown: 1, PageDown: 1 }[event.key];
  if (step) { event.preventDefault(); move(step); }
  if (event.key === "Enter") { event.preventDefault(); accept("read"); }
  if (event.key === "Escape" && current) { $("value").value = current.value; $("value").select(); byHand = false; typed(); }
}

// The keys at the foot of the page can be pressed there too, for whoever has none; the field keeps the focus.
function pressable(foot) {
  foot.addEventListener("pointerdown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
  foot.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed) document.body.dispatchEvent(new KeyboardEvent("keydown", { key: pressed.dataset.key, shiftKey: "shift" in pressed.dataset, bubbles: true, cancelable: true }));
  });
}

async function open() {
  document.documentElement.dataset.theme = localStorage.getItem("formreader-theme") || "";
  about = await ask("api/start");
  $("results").textContent = about.results;
  document.title = `${about.results} - formreader review`;
  $("note").hidden = !about.notes.length;
  $("note").textContent = about.notes.join(" ");
  for (const [id, names] of [["by-field", about.choices.fields], ["by-reason", about.choices.reasons]]) {
    $(id).append(...names.map((name) => new Option((id === "by-reason" && about.reasons[name]) || name, name)));
  }
  progress(about.progress);
  gallery.ready({ ask, save, token, progress, allSaved, alarm });
  document.addEventListener("keydown", key);
  $("value").addEventListener("input", () => { byHand = true; typed(); });
  $("filter").addEventListener("change", restart);
  $("filter").addEventListener("submit", (event) => event.preventDefault());
  $("finish").addEventListener("click", finish);
  $("quit").addEventListener("click", quit);
  $("theme").addEventListener("click", theme);
  $("help-button").addEventListener("click", () => $("help").showModal());
  $("tab-fields").addEventListener("click", () => { only = $("by-state").value; forget(); start(); });
  $("tab-gallery").addEventListener("click", toggleGallery);
  $("tab-disputed").addEventListener("click", () => { only = "disputed"; start(); });
  document.querySelectorAll("footer").forEach(pressable);
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", () => $("value").focus());
  onSaving((left, words) => { $("saved").textContent = left ? `${left} not saved yet` : "all saved"; alarm(words); });
  new ResizeObserver(([look]) => {
    document.documentElement.style.setProperty("--room", `${Math.max(80, look.contentRect.height - 8)}px`);
  }).observe($("look"));
  await start();
}

open().catch((error) => alarm(error.message));
window.formreader = { unsaved, shown: () => (seen && current ? current.id : 0) };  // for tests and measuring
