// The review page: one field after the other. Keys do everything; the server decides what may be shown.

import { ask } from "./ask.js";
import { afresh, anew, any, besides, decided, fromTheStart, outdated, putFirst, questions, queue, refill, skipTo, take, undecided,
} from "./review-ahead.js";
import { about, alarm, finish, progress, quit, saving, theme, took } from "./review-around.js";
import { gallery } from "./review-gallery.js";
import { allSaved, onSaving, save, token, unsaved } from "./review-queue.js";
import { doubtful, element, machine, said, verdict } from "./review-reading.js";
import { forget, hang, load, looked } from "./review-scan.js";
import { busy, inTurn, onFailure } from "./review-turn.js";

const $ = (id) => document.getElementById(id);
const GLANCE = 200;        // milliseconds within which nobody has seen a picture: an Enter so soon is the last one's echo

const WAIT = "wait until the scan is shown";

let refusal = "";          // why the last answer to this question was not taken
let current = null;        // the question on the screen, until it is answered
let at = -1;               // its position, also afterwards
let since = 0;             // when the question was shown
let drafts = 0;
let byHand = false;        // whether somebody typed since the question is shown
let lost = false;          // whether keys were pressed before it was, which were not taken
let whole = false;         // the form, not the field
let large = false;         // the form so large that it can be read, to be scrolled
let pictured = false;      // there is one: without it nothing that the machine read is accepted
let doubted = null;        // the question whose guessed digit was pointed out: the next Enter accepts it
let painted = false;       // the picture of the question is on the screen
let seen = false;          // long enough to be seen: nothing is accepted unseen

// ---- what to ask

async function start(position = -1) {
  await allSaved();
  anew({ nothingAnswered: true });
  leave();
  at = position;
  return next();
}

async function next() {
  if (!any()) {
    await allSaved();  // else what was just answered is asked again, or hides what is not
    await refill(at);
    if (!any() && queue.only !== "all") await fromTheStart();
  }
  const question = take();
  if (question) show(question); else finished();
  further();
}

function further() { refill(at).catch((error) => alarm(error.message)); }

async function move(step) {
  await allSaved();
  const only = queue.only === "disputed" ? queue.only : "all";
  const where = step > 0 ? { after: current?.position ?? at } : { before: current?.position ?? at + 1 };
  const [found] = await questions({ only, ...where, most: 1 });
  if (!found) return;
  if (step > 0) skipTo(found.position); else anew();
  show(found);
  further();
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
  painted = true;
  setTimeout(() => {
    if (current !== question) return;
    seen = true;
    if ($("problem").textContent === WAIT) $("problem").textContent = refusal;
    document.body.dataset.shown = question.id;
  }, GLANCE);
}

// Until the next question is there nothing is left of the one before, which is answered.
function leave() {
  current = null;
  seen = painted = false;
  delete document.body.dataset.shown;
  for (const id of ["picture", "form", "no-picture"]) $(id).hidden = true;
  $("loading").hidden = false;
}

// The field, the form, or the form large.
function look({ form, size = false }) {
  whole = form;
  large = size;
  $("look").classList.toggle("large", large);
  $("look").scrollTo(0, 0);
}

// The arrows with Shift scroll the form where it is larger than its room.
function scroll(event) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
  if (!large || !event.shiftKey || dx === undefined) return false;
  $("look").scrollBy(120 * dx, 120 * dy);
  return true;
}

function show(question) {
  leave();
  alarm("");
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
    : `${question.mine_by === about.reviewer ? "you" : question.mine_by} said: ${question.mine_status === "rejected" ? "illegible" : question.mine || "blank"}`;
  said(question);
  look({ form: false });
  verdict(question);
  if (question.refused) refuse(question.refused);
  if (outdated(question)) recheck(question);
  showPicture(question);
  if (filtering()) return;
  $("value").focus({ preventScroll: true });
  $("value").select();
}

// Whether somebody goes through a filter's choices by keys, each of which shows other questions.
function filtering() { return Boolean(document.activeElement?.closest("#filter")) && steps; }

// It was fetched ahead: how the rules stand with what was decided on its page since.
async function recheck(question) {
  await allSaved();
  const answer = await ask(`api/rules/${question.id}`).catch(() => null);
  if (answer && current === question && $("value").value === question.value) judge(answer);
}

// ---- answering

function typed() {
  if (!current || busy()) return;
  refusal = "";
  const question = current;
  const body = { id: question.id, text: $("value").value, number: Date.now() * 1000 + drafts++ };
  save({
    path: "api/draft", body,
    replaces: (other) => other.path === "api/draft" && other.body.id === body.id,
    done: (answer) => { if (current === question && $("value").value === body.text) judge(answer); },
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

// What was refused is told until something else is typed: the answer to an earlier draft may come later.
function judge(answer) { verdict(refusal ? { ...answer, problem: refusal } : answer); }

function refuse(words) {
  refusal = words;
  $("problem").textContent = words;
  $("value").setAttribute("aria-invalid", "true");
}

// Whether it is the machine's value, in which a digit was put where the machine saw none, and nobody typed it.
function guess(question, text) {
  return question.mine === null && question.raw.includes("?") && text === question.machine && !byHand;
}

// Why this cannot be accepted; empty where it can. What is only doubtful can be the second time.
function hindrance(question, text, status) {
  if (status !== "read") return "";
  if (lost) {
    lost = false;
    return "keys pressed before this field was shown were not taken: look at the value, then press Enter again";
  }
  const wrong = fault(text, about.fields.find((field) => field.name === question.field));
  if (wrong) return wrong;
  if (!text.trim()) {
    if (!pictured) return "there is no scan to see it on: type the value from the paper; B if nothing is written, X to leave it";
    return question.blind || question.machine ? "type the value; B if nothing is written, X if illegible" : "";
  }
  if (!guess(question, text) || doubted === question.id) return "";
  doubted = question.id;
  return "where ? stands no digit was read: type what it is, or press Enter again if the guess is right";
}

function accept(status) {
  if (!current || busy()) return;
  if (!seen) { $("problem").textContent = WAIT; return; }
  const text = status === "read" ? $("value").value : "";
  const words = hindrance(current, text, status);
  if (words) refuse(words);
  else decide(current, text, status === "read" && !text.trim() ? "blank" : status);
}

function decide(question, text, status) {
  const milliseconds = Math.round(performance.now() - since);
  save({
    path: "api/decide", body: { id: question.id, version: question.version, text, status, token: token(), milliseconds },
    done: (answer) => { progress(answer.progress); besides(answer.besides, current); },
    refused: (error) => inTurn(() => askAgain(question, error.message)),
  });
  took(milliseconds);
  decided(question);
  leave();
  inTurn(next);
}

// Its answer was not taken. What is being typed for another field must not end up in this one: it comes after that.
async function askAgain(question, words) {
  undecided(question);
  putFirst({ ...await afresh(question) ?? question, refused: words });
  if (!current) { await next(); return; }
  alarm(`${question.field} of ${question.file} page ${question.page}, which comes next: ${words}`);
}

// Nobody can read the failed page that this field is of: all that is left of it is answered at once.
async function leavePage() {
  if (!current?.failed) return;
  const question = current;
  const milliseconds = Math.round(performance.now() - since);
  await allSaved();
  progress((await ask("api/leave-page", { id: question.id, token: token(), milliseconds })).progress);
  decided(question);
  await start(question.position);
}

async function undo() {
  await allSaved();
  const { question, gallery: symbol, progress: state } = await ask("api/undo", {});
  progress(state);
  if (!question) { $("saved").textContent = "nothing to take back"; return; }
  anew({ nothingAnswered: true });
  undecided(question);
  if (symbol) { await openGallery(symbol); return; }
  show(question);
  further();
}

// ---- around it

function view(name) {
  for (const one of ["field-view", "gallery-view", "done-view"]) $(one).hidden = one !== name;
  $("tab-fields").setAttribute("aria-pressed", String(name !== "gallery-view" && queue.only !== "disputed"));
  $("tab-gallery").setAttribute("aria-pressed", String(name === "gallery-view"));
  $("tab-disputed").setAttribute("aria-pressed", String(name !== "gallery-view" && queue.only === "disputed"));
}

function finished() {
  leave();
  view("done-view");
  const { todo, waiting, disputed } = about.progress;
  const filtered = todo > 0 && queue.only === "todo";
  $("done").replaceChildren(
    element("h2", queue.only === "disputed" ? "Nothing is disputed." : filtered ? "Nothing more with this filter." : "All is decided."),
    element("p", filtered ? `${todo} other fields are to do.` : waiting ? `${waiting} fields wait for the other reviewer.`
      : disputed ? `${disputed} fields are disputed.` : "Press Finish to write the reviewed table."),
  );
  if (!todo) $("finish").focus();
}

async function restart() {
  queue.only = $("by-state").value;
  await ($("gallery-view").hidden ? start() : gallery.open(gallery.symbol));
}

async function openGallery(symbol) {
  await allSaved();
  leave();
  view("gallery-view");
  await gallery.open(symbol);
}

async function toggleGallery() {
  if ($("gallery-view").hidden) { await openGallery(gallery.symbol); return; }
  forget();
  await start(at - 1);
}

async function tab(only) {
  queue.only = only;
  forget();
  await start();
}

const LETTERS = {
  u: () => inTurn(undo),
  f: () => { look({ form: !whole }); if (current) showPicture(current); },
  z: () => { look({ form: true, size: !large }); if (current) showPicture(current); },
  b: () => accept("blank"), x: () => accept("rejected"), g: () => inTurn(toggleGallery),
};

let steps = false; // whether the last key in the filter was one that goes through its choices

function key(event) {
  if (!$("field-view")) return;  // the program has ended
  if (document.querySelector("dialog[open]") || event.altKey || event.metaKey) return;
  if (event.ctrlKey) { if (event.key === "z") { event.preventDefault(); if (!event.repeat) LETTERS.u(); } return; }
  if (event.target.closest("#filter")) { inFilter(event); return; }
  const letter = LETTERS[event.key.toLowerCase()];
  // A key that is held down is meant once.
  if (event.repeat && (event.key === "Enter" || letter || busy())) { event.preventDefault(); return; }
  if (event.key === "?") { event.preventDefault(); $("help").showModal(); return; }
  const elsewhere = event.target.closest("button");
  if (!$("gallery-view").hidden) {
    if (letter === LETTERS.g || letter === LETTERS.u) { event.preventDefault(); letter(); return; }
    if (!elsewhere) gallery.key(event);
    return;
  }
  if (elsewhere && event.key !== "Escape" && !letter) return;
  if (letter === LETTERS.x && event.shiftKey && current?.failed) { event.preventDefault(); inTurn(leavePage); return; }
  if (letter) { event.preventDefault(); letter(); return; }
  if (scroll(event)) { event.preventDefault(); return; }
  const step = { ArrowUp: -1, PageUp: -1, ArrowDown: 1, PageDown: 1 }[event.key];
  if (step) { event.preventDefault(); inTurn(() => move(step)); }
  else if (event.key === "Enter") { event.preventDefault(); accept("read"); }
  else if (busy() || !current) typedInVain(event);
  else if (event.key === "Escape") { $("value").value = current.value; $("value").select(); byHand = false; typed(); }
}

// There letters and arrows choose; they decide nothing.
function inFilter(event) {
  steps = event.key.length === 1 || /^(Arrow|Home|End|Page)/.test(event.key);
  if (event.key === "Escape") $("value").focus();
}

// Another field comes: half a number must not be taken for it.
function typedInVain(event) {
  if (event.key.length !== 1 && event.key !== "Backspace" && event.key !== "Delete") return;
  event.preventDefault();
  lost ||= !$("field-view").hidden;
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
  Object.assign(about, await ask("api/start"));
  $("results").textContent = about.results;
  document.title = `${about.results} - formreader review`;
  $("note").hidden = !about.notes.length;
  $("note").textContent = about.notes.join(" ");
  for (const [id, names] of [["by-field", about.choices.fields], ["by-reason", about.choices.reasons]]) {
    $(id).append(...names.map((name) => new Option((id === "by-reason" && about.reasons[name]) || name, name)));
  }
  progress(about.progress);
  gallery.ready({ ask, save, token, progress, allSaved, alarm, inTurn, busy, GLANCE });
  document.addEventListener("keydown", key);
  $("value").addEventListener("input", () => { byHand = true; typed(); });
  $("filter").addEventListener("pointerdown", () => { steps = false; });
  $("filter").addEventListener("change", () => inTurn(restart));
  $("filter").addEventListener("submit", (event) => event.preventDefault());
  $("finish").addEventListener("click", finish);
  $("quit").addEventListener("click", quit);
  $("theme").addEventListener("click", theme);
  $("help-button").addEventListener("click", () => $("help").showModal());
  $("tab-fields").addEventListener("click", () => inTurn(() => tab($("by-state").value)));
  $("tab-gallery").addEventListener("click", () => inTurn(toggleGallery));
  $("tab-disputed").addEventListener("click", () => inTurn(() => tab("disputed")));
  document.querySelectorAll("footer").forEach(pressable);
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", () => $("value").focus());
  onFailure(alarm);
  onSaving(saving);
  const rooms = new ResizeObserver(() => {  // what is said of a picture stands below it, and is read whole
    const room = $("look").clientHeight - $("no-picture").offsetHeight - 8;
    document.documentElement.style.setProperty("--room", `${Math.max(80, room)}px`);
  });
  for (const id of ["look", "no-picture"]) rooms.observe($(id));
  await inTurn(start);
}

open().catch((error) => alarm(error.message));
window.formreader = { unsaved, shown: () => (painted && current ? current.id : 0) };  // for tests and measuring
