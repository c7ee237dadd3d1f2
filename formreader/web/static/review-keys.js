// What the keys of the page do.

import { hasEnded } from "./ended.js";
import { accept, leavePage, typed, typedInVain, undo } from "./review-answers.js";
import { inFilter } from "./review-filter.js";
import { gallery } from "./review-gallery.js";
import { move, toggleGallery } from "./review-going.js";
import { now, scroll, toggleForm, toggleLarge } from "./review-screen.js";
import { busy, inTurn } from "./review-turn.js";

const $ = (id) => document.getElementById(id);

const LETTERS = {
  u: () => inTurn(undo), f: toggleForm, z: toggleLarge,
  b: () => accept("blank"), x: () => accept("rejected"), g: () => inTurn(toggleGallery),
};

export function key(event) {
  if (hasEnded()) return;
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
  if (letter === LETTERS.x && event.shiftKey && now.question?.failed) { event.preventDefault(); inTurn(leavePage); return; }
  if (letter) { event.preventDefault(); letter(); return; }
  if (scroll(event)) { event.preventDefault(); return; }
  const step = { ArrowUp: -1, PageUp: -1, ArrowDown: 1, PageDown: 1 }[event.key];
  if (step) { event.preventDefault(); inTurn(() => move(step)); }
  else if (event.key === "Enter") { event.preventDefault(); accept("read"); }
  else if (busy() || !now.question) typedInVain(event);
  else if (event.key === "Escape") { $("value").value = now.question.value; $("value").select(); now.byHand = false; typed(); }
}

// The keys at the foot of the page can be pressed there too, for whoever has none; the field keeps the focus.
export function pressable(foot) {
  foot.addEventListener("pointerdown", (event) => { if (event.target.closest("button")) event.preventDefault(); });
  foot.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed) document.body.dispatchEvent(new KeyboardEvent("keydown", { key: pressed.dataset.key, shiftKey: "shift" in pressed.dataset, bubbles: true, cancelable: true }));
  });
}
