// Which decision is taken back: the last of those made on this page, then the last before it was opened. Never one that was
// made on another page meanwhile, and each once, however often it is asked for.

import { ask } from "./ask.js";
import { token } from "./review-queue.js";

const own = [];    // the names of this page's decisions, the last at the end
let earlier = "";  // of the last one before

export function openedAfter(decision) { earlier = decision; }

// A name for a decision that is about to be sent.
export function named() {
  own.push(token());
  return own.at(-1);
}

// What the program says of the one that it took back; empty where nothing is left.
export async function takeBack() {
  while (own.length || earlier) {
    const answer = await ask("api/undo", { token: own.at(-1) ?? earlier });
    if (own.length) own.pop(); else earlier = answer.before;
    if (answer.question) return answer;  // else it was not taken
  }
  return {};
}
