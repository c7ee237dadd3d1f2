// What a person says of a field: typed, accepted, blank, illegible, taken back.

import { ask } from "./ask.js";
import { anew, besides, decided, undecided } from "./review-ahead.js";
import { about, alarm, progress, took } from "./review-around.js";
import { askAgain, further, next, openGallery, start } from "./review-going.js";
import { allSaved, save } from "./review-queue.js";
import { WAIT, judge, leave, now, refuse, show } from "./review-screen.js";
import { busy, inTurn } from "./review-turn.js";
import { named, takeBack } from "./review-undo.js";

const $ = (id) => document.getElementById(id);

let drafts = 0;            // counts what was typed
let lost = false;          // whether keys were pressed before the field was shown, which were not taken
let doubted = null;        // the question of which a likely mistake was pointed out: the next Enter accepts it
let denied = null;         // the question that was called blank though digits stand there: the next B means it

export function typed() {
  if (!now.question || busy()) return;
  now.refusal = "";
  denied = null;
  const question = now.question;
  const body = { id: question.id, text: $("value").value, number: Date.now() * 1000 + drafts++ };
  save({
    path: "api/draft", body,
    replaces: (other) => other.path === "api/draft" && other.body.id === body.id,
    done: (answer) => { if (now.question === question && $("value").value === body.text) judge(answer); },
    refused: (error) => alarm(error.message),
  });
}

// The same rules as the server's, which has the last word.
function fault(text, field) {
  text = text.trim().replaceAll(" ", "");
  if (!field || !text) return "";
  if (field.kind === "amount" && text.startsWith("-")) return "a negative amount is not taken: X leaves it rejected";
  if (field.kind === "amount") return /^[0-9]+([.,][0-9]+)?$/.test(text) ? "" : "an amount such as 12.50";
  if (!/^[0-9]+$/.test(field.cheque ? text.replace(/[/.-]/g, "") : text)) return "digits only";
  return field.cells && text.length > field.cells ? `${text.length} digits, and the field has ${field.cells} cells` : "";
}

// The symbols of cells where the machine saw no digit and put one in its value, where that is accepted and nobody typed it.
function guessed(question, text, field) {
  if (question.mine !== null || text !== question.machine || now.byHand) return [];
  return ["?", "X"].filter((symbol) => question.raw.includes(symbol) && !(symbol === "X" && field?.fill_marks));
}

// Digits before empty cells for decimals, 37 and nothing: 37.0 or 3.7? Nobody typed the point.
function pointMissing(question, text, field) {
  const empty = field?.kind === "amount" && field.decimals && field.cells === question.raw.length && /[0-9].*_$/.test(question.raw);
  return empty && question.mine === null && (!/[.,]/.test(text) || (text === question.machine && !now.byHand));
}

// 12345 where 0 and five digits stand.
function zeroMissing(question, text, field) {
  const written = question.raw.replaceAll("_", "");
  return field?.kind !== "amount" && field?.cells && now.byHand && written.startsWith("0") && !text.startsWith("0") && text.length < written.length;
}

// Why this cannot be accepted; empty where it can. What is only doubtful can be the second time.
function hindrance(question, text, status) {
  if (status === "blank") return standsThere(question);
  if (status !== "read") return "";
  if (lost) {
    lost = false;
    return "keys pressed before this field was shown were not taken: look at the value, then press Enter again";
  }
  const field = about.fields.find((one) => one.name === question.field);
  const wrong = fault(text, field);
  if (wrong) return wrong;
  if (!text.trim()) {
    if (!now.pictured) return "there is no scan to see it on: type the value from the paper; B if nothing is written, X to leave it";
    return question.blind || question.machine ? "type the value; B if nothing is written, X if illegible" : "";
  }
  const words = doubt(question, text, field);
  if (!words || doubted === question.id) return "";
  doubted = question.id;
  return words;
}

// What may well be a mistake, in words; empty where nothing may.
function doubt(question, text, field) {
  const symbols = guessed(question, text, field);
  if (symbols.length) return `where ${symbols.join(" or ")} stands no digit was read: type what it is, or press Enter again if the guess is right`;
  if (pointMissing(question, text, field)) return "the cells behind the point are empty: type the value with its point, or press Enter again if it stands there right";
  if (zeroMissing(question, text.trim(), field)) return "a 0 stands before it: type that too, or press Enter again if there is none";
  return "";
}

// What speaks against blank: somebody typed a value, or the machine read digits. One letter is soon pressed.
function standsThere(question) {
  const typed = now.byHand && $("value").value.trim();
  const read = !question.blind && /[0-9]/.test(question.raw || question.machine);
  if (!(typed || read) || denied === question.id) return "";
  denied = question.id;
  return `${typed ? `${typed} stands in the box` : "digits were read there"}: press B again if nothing is written`;
}

export function accept(status) {
  if (!now.question || busy()) return;
  if (!now.seen) { $("problem").textContent = WAIT; return; }
  const text = status === "read" ? $("value").value : "";
  const words = hindrance(now.question, text, status);
  if (words) refuse(words);
  else decide(now.question, text, status === "read" && !text.trim() ? "blank" : status);
}

function decide(question, text, status) {
  const milliseconds = Math.round(performance.now() - now.since);
  save({
    path: "api/decide", body: { id: question.id, version: question.version, text, status, token: named(), milliseconds },
    done: (answer) => { progress(answer.progress); besides(answer.besides, now.question); },
    refused: (error) => inTurn(() => askAgain(question, error.message)),
  });
  took(milliseconds);
  decided(question);
  leave();
  inTurn(next);
}

// Nobody can read the failed page that this field is of: all that is left of it is answered at once.
export async function leavePage() {
  if (!now.question?.failed) return;
  const question = now.question;
  const milliseconds = Math.round(performance.now() - now.since);
  await allSaved();
  progress((await ask("api/leave-page", { id: question.id, token: named(), milliseconds })).progress);
  decided(question);
  await start(question.position);
}

export async function undo() {
  await allSaved();
  const { question, gallery: symbol, progress: state } = await takeBack();
  if (!question) { $("saved").textContent = "nothing to take back"; return; }
  progress(state);
  anew({ nothingAnswered: true });
  undecided(question);
  if (symbol) { await openGallery(symbol); return; }
  show(question);
  further();
}

// Another field comes: half a number must not be taken for it.
export function typedInVain(event) {
  if (event.key.length !== 1 && event.key !== "Backspace" && event.key !== "Delete") return;
  event.preventDefault();
  lost ||= !$("field-view").hidden;
}
