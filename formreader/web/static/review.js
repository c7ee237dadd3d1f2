// The review page: one field after the other. Keys do everything; the server decides what may be shown.
//
// review-ahead fetches the questions, review-screen shows one, review-answers sends what is said of it by review-queue,
// review-going says what comes next, review-keys which key does what.

import { ask } from "./ask.js";
import { typed } from "./review-answers.js";
import { about, alarm, finish, progress, quit, saving, theme } from "./review-around.js";
import { filterReady } from "./review-filter.js";
import { gallery } from "./review-gallery.js";
import { restart, start, tab, toggleGallery } from "./review-going.js";
import { key, pressable } from "./review-keys.js";
import { allSaved, onSaving, save, unsaved } from "./review-queue.js";
import { GLANCE, now } from "./review-screen.js";
import { busy, inTurn, onFailure } from "./review-turn.js";
import { named, openedAfter } from "./review-undo.js";

const $ = (id) => document.getElementById(id);

async function open() {
  document.documentElement.dataset.theme = localStorage.getItem("formreader-theme") || "";
  Object.assign(about, await ask("api/start"));
  openedAfter(about.last);
  tell();
  progress(about.progress);
  gallery.ready({ ask, save, named, progress, allSaved, alarm, inTurn, busy, GLANCE });
  listen();
  onFailure(alarm);
  onSaving(saving);
  fit();
  await inTurn(start);
}

// What is so from the start.
function tell() {
  $("results").textContent = about.results;
  document.title = `${about.results} - formreader review`;
  $("note").hidden = !about.notes.length;
  $("note").textContent = about.notes.join(" ");
  for (const [id, names] of [["by-field", about.choices.fields], ["by-reason", about.choices.reasons]]) {
    $(id).append(...names.map((name) => new Option((id === "by-reason" && about.reasons[name]) || name, name)));
  }
}

function listen() {
  document.addEventListener("keydown", key);
  $("value").addEventListener("input", () => { now.byHand = true; typed(); });
  filterReady(() => inTurn(restart));
  $("finish").addEventListener("click", finish);
  $("quit").addEventListener("click", quit);
  $("theme").addEventListener("click", theme);
  $("help-button").addEventListener("click", () => $("help").showModal());
  $("tab-fields").addEventListener("click", () => inTurn(() => tab($("by-state").value)));
  $("tab-gallery").addEventListener("click", () => inTurn(toggleGallery));
  $("tab-disputed").addEventListener("click", () => inTurn(() => tab("disputed")));
  document.querySelectorAll("footer").forEach(pressable);
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", () => $("value").focus());
}

// What is said of a picture stands below it, and is read whole.
function fit() {
  const rooms = new ResizeObserver(() => {
    const room = $("look").clientHeight - $("no-picture").offsetHeight - 8;
    document.documentElement.style.setProperty("--room", `${Math.max(80, room)}px`);
  });
  for (const id of ["look", "no-picture"]) rooms.observe($(id));
}

open().catch((error) => alarm(error.message));
window.formreader = { unsaved, shown: () => (now.painted && now.question ? now.question.id : 0) };  // for tests and measuring
