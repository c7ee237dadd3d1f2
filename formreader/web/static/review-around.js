// Around the fields: how far the review is, what went wrong, the end of it, light and dark.

import { ask } from "./ask.js";
import { showEnded } from "./ended.js";
import { queue } from "./review-ahead.js";
import { allSaved } from "./review-queue.js";
import { element } from "./review-reading.js";

const $ = (id) => document.getElementById(id);

export const about = {};   // what /start said
let pace = [];             // milliseconds of the last decisions
let trouble = "";          // what went wrong last
let unsent = "";           // what is not saved

export function took(milliseconds) { if (milliseconds < 60000) pace = [...pace, milliseconds].slice(-60); }

export function progress(state) {
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

// What is not saved stays to be read, whatever else goes wrong or well.
export function alarm(words) {
  trouble = words;
  const lines = [unsent, unsent.includes(trouble) ? "" : trouble].filter(Boolean);
  $("alert").hidden = !lines.length;
  $("alert").replaceChildren(...lines.map((line) => element("span", line)));
}

export function saving(left, words) {
  $("saved").textContent = left ? `${left} not saved yet` : "all saved";
  unsent = words;
  alarm(trouble);
}

export async function finish() {
  if ($("finish").disabled) return;
  $("finish").disabled = true;
  $("finish").textContent = "writing ...";  // thousands of cells are cut for it
  try {
    await allSaved();
    const { words } = await ask("api/finish", {});
    $("finished-words").replaceChildren(...words.map((line) => element("p", line)));
    $("finished").showModal();
  } catch (error) { alarm(error.message); } finally { $("finish").disabled = false; $("finish").textContent = "Finish"; }
}

export async function quit() {
  try { await ask("api/quit", {}); } catch { /* it has ended already */ }
  $("finished").close();
  showEnded();
}

export function theme() {
  const dark = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim() === "#15171a";
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("formreader-theme", document.documentElement.dataset.theme);
}

// One of the page's parts: a field, the gallery, or that all is done.
export function view(name) {
  for (const one of ["field-view", "gallery-view", "done-view"]) $(one).hidden = one !== name;
  $("filter").hidden = name === "gallery-view";  // it is for the fields
  $("tab-fields").setAttribute("aria-pressed", String(name !== "gallery-view" && queue.only !== "disputed"));
  $("tab-gallery").setAttribute("aria-pressed", String(name === "gallery-view"));
  $("tab-disputed").setAttribute("aria-pressed", String(name !== "gallery-view" && queue.only === "disputed"));
}
