// The questions that come next, fetched ahead with their pictures.

import { ask } from "./ask.js";
import { load } from "./review-scan.js";

const $ = (id) => document.getElementById(id);
const AHEAD = 6;

let ahead = [];
let more = null;             // the request for further ones
let era = 0;                 // counts how often all began anew: what was asked for before is no longer wanted
let answered = new Set();    // decided here, maybe not yet saved
let clock = 0;               // counts what was decided
const changed = new Map();   // page -> the clock when something of it was decided last

export const queue = { only: "todo" };

export async function questions(extra) {
  const asof = clock;
  const [least, most] = $("by-confidence").value.split("-");
  const filter = { only: queue.only, field: $("by-field").value, reason: $("by-reason").value, least, most_sure: most };
  const found = await ask("api/questions?" + new URLSearchParams({ ...filter, ...extra }));
  return found.questions.map((question) => ({ ...question, asof }));
}

// The question as it is now, whatever the filter.
export async function afresh({ id, position }) {
  const found = await questions({ only: "all", field: "", reason: "", least: 0, most_sure: 1, after: position - 1, most: 1 });
  return found.find((one) => one.id === id);
}

// Nothing that was fetched counts any more.
export function anew({ nothingAnswered = false } = {}) {
  ahead = [];
  more = null;
  era += 1;
  if (nothingAnswered) answered = new Set();
}

// The next question; undefined where none is there yet.
export function take() { return ahead.shift(); }

export function any() { return ahead.length > 0; }

// Fetch further ones, after the last there is or after a position.
export async function refill(position) {
  ahead.slice(0, AHEAD).forEach(load);
  if (more || ahead.length >= AHEAD) return more;
  const mine = era;
  const asked = (async () => {
    const found = await questions({ after: ahead.at(-1)?.position ?? position, most: 2 * AHEAD });
    if (mine === era) append(found);
  })();
  more = asked;
  try { await asked; } finally { if (more === asked) more = null; }
  return undefined;
}

// At the end of the table what was passed over on the way comes again.
export async function fromTheStart() {
  const mine = era;
  const found = await questions({ most: 2 * AHEAD });
  if (mine === era) append(found, queue.only !== "all");
}

function append(found, fresh = queue.only === "todo") {
  const known = new Set(ahead.map((one) => one.id));
  ahead.push(...found.filter((one) => !known.has(one.id) && !(fresh && answered.has(one.id))));
  ahead.slice(0, AHEAD).forEach(load);
}

// After a step on, what was stepped over does not come next.
export function skipTo(position) { ahead = ahead.filter((one) => one.position > position); }

export function putFirst(question) { ahead = [question, ...ahead.filter((one) => one.id !== question.id)]; }

// What was decided breaks a rule that these are part of, though they were accepted: they come next.
export function besides(found, current) {
  const known = new Set([...ahead.map((one) => one.id), ...answered, current?.id]);
  const fresh = queue.only === "disputed" ? [] : found.filter((one) => !known.has(one.id)).map((one) => ({ ...one, asof: clock }));
  ahead.unshift(...fresh);
  fresh.forEach(load);
}

export function decided(question) {
  answered.add(question.id);
  changed.set(pageOf(question), ++clock);
}

export function undecided(question) {
  answered.delete(question.id);
  changed.set(pageOf(question), ++clock);
}

// Whether something of its page was decided since it was fetched.
export function outdated(question) { return changed.get(pageOf(question)) > question.asof; }

function pageOf(question) { return `${question.file}\n${question.page}`; }
