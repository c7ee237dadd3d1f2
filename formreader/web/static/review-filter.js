// The filter: there letters and arrows choose, and decide nothing.

const $ = (id) => document.getElementById(id);

let steps = false; // whether the last key in it was one that goes through its choices

// Whether somebody goes through its choices by keys, each of which shows other questions.
export function filtering() { return Boolean(document.activeElement?.closest("#filter")) && steps; }

export function inFilter(event) {
  steps = event.key.length === 1 || /^(Arrow|Home|End|Page)/.test(event.key);
  if (event.key === "Escape") $("value").focus();
}

export function filterReady(changed) {
  $("filter").addEventListener("pointerdown", () => { steps = false; });
  $("filter").addEventListener("change", changed);
  $("filter").addEventListener("submit", (event) => event.preventDefault());
}
