// The queue of what is still to be saved: in order, sent again until the server has it.

import { Refused, ask } from "./ask.js";

const waiting = [];
let sending = false;
let tell = () => {};

// What is saved one after the other. `job`: {path, body, done(answer), refused(error), replaces(other)}.
export function save(job) {
  const last = waiting[waiting.length - 1];
  const idle = waiting.length > 1 || (waiting.length === 1 && !sending);
  if (last && idle && job.replaces && job.replaces(last)) waiting.pop();
  waiting.push(job);
  document.body.dataset.unsaved = waiting.length;
  pump();
}

export function onSaving(listener) { tell = listener; }

export function unsaved() { return waiting.length; }

// Resolves once everything is saved.
export async function allSaved() {
  while (waiting.length) await new Promise((resolve) => setTimeout(resolve, 5));
}

function shifted() {
  waiting.shift();
  document.body.dataset.unsaved = waiting.length;
  tell(waiting.length, "");
}

async function pump() {
  if (sending) return;
  sending = true;
  while (waiting.length) {
    const job = waiting[0];
    try {
      const answer = await ask(job.path, job.body);
      shifted();
      job.done?.(answer);
    } catch (error) {
      if (error instanceof Refused) {
        shifted();
        job.refused?.(error);
      } else {
        tell(waiting.length, `${error.message} What was said last is not saved yet: keep this page open, it sends that again and `
          + "goes on by itself. Should the program then open its page at another address, go on there: it asks for what is not saved.");
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }
  sending = false;
}

window.addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });

let count = 0;
export function token() {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}-${count++}`;
}
