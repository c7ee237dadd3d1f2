// One field on the screen: its picture, what was read there, what is said of it.

import { ask } from "./ask.js";
import { outdated } from "./review-ahead.js";
import { about, alarm, view } from "./review-around.js";
import { filtering } from "./review-filter.js";
import { allSaved } from "./review-queue.js";
import { doubtful, element, machine, said, verdict } from "./review-reading.js";
import { hang, load, looked } from "./review-scan.js";

const $ = (id) => document.getElementById(id);

export const GLANCE = 200; // milliseconds within which nobody has seen a picture: an Enter so soon is the last one's echo
export const WAIT = "wait until the scan is shown";

export const now = {
  question: null,    // the one on the screen, until it is answered
  position: -1,      // its position, also afterwards
  since: 0,          // when it was shown
  refusal: "",       // why the last answer to it was not taken
  byHand: false,     // whether somebody typed since it is shown
  pictured: false,   // there is a picture: without it nothing that the machine read is accepted
  painted: false,    // the picture is on the screen
  seen: false,       // long enough to be seen: nothing is accepted unseen
};

let whole = false;   // the form, not the field
let large = false;   // the form so large that it can be read, to be scrolled

// The picture of the question before goes at once: a value must never be judged by another field's picture.
async function showPicture(question) {
  const place = whole ? $("form") : $("picture");
  for (const id of ["picture", "form", "no-picture"]) $(id).hidden = true;
  $("loading").hidden = false;
  const look = whole ? await looked(`api/form/${question.id}`).catch((error) => ({ note: error.message })) : await load(question);
  if (now.question !== question || place !== (whole ? $("form") : $("picture"))) return;
  $("loading").hidden = true;
  $("no-picture").hidden = !look.note;
  $("no-picture").textContent = look.note || "";
  const here = about.fields.findIndex((field) => field.name === question.field);
  const alt = `Scan of ${whole ? "the whole form" : question.field}, ${question.file} page ${question.page}`;
  if (look.url) {
    hang(place, look, alt, whole ? (index) => index === here ? "here" : ""
      : (index) => look.boxes.length === 1 && question.raw.length > 1 ? "here"  // all of the value, not its first digit
        : doubtful(question, index) ? "doubtful" : "sure");
    if (large) place.querySelector(".here")?.scrollIntoView({ block: "center", inline: "center" });
  }
  now.pictured = Boolean(look.url);
  if (!now.pictured && question.mine === null && $("value").value === question.machine) $("value").value = "";
  now.painted = true;
  setTimeout(() => {
    if (now.question !== question) return;
    now.seen = true;
    if ($("problem").textContent === WAIT) $("problem").textContent = now.refusal;
    document.body.dataset.shown = question.id;
  }, GLANCE);
}

// Until the next question is there nothing is left of the one before, which is answered.
export function leave() {
  now.question = null;
  now.seen = now.painted = false;
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

export function toggleForm() { lookAnew({ form: !whole }); }

export function toggleLarge() { lookAnew({ form: true, size: !large }); }

function lookAnew(wanted) {
  look(wanted);
  if (now.question) showPicture(now.question);
}

// The arrows with Shift scroll the form where it is larger than its room.
export function scroll(event) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
  if (!large || !event.shiftKey || dx === undefined) return false;
  $("look").scrollBy(120 * dx, 120 * dy);
  return true;
}

export function show(question) {
  leave();
  alarm("");
  now.question = question;
  now.position = question.position;
  now.since = performance.now();
  now.byHand = false;
  now.refusal = "";
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

// It was fetched ahead: how the rules stand with what was decided on its page since.
async function recheck(question) {
  await allSaved();
  const answer = await ask(`api/rules/${question.id}`).catch(() => null);
  if (answer && now.question === question && $("value").value === question.value) judge(answer);
}

// What was refused is told until something else is typed: the answer to an earlier draft may come later.
export function judge(answer) { verdict(now.refusal ? { ...answer, problem: now.refusal } : answer); }

export function refuse(words) {
  now.refusal = words;
  $("problem").textContent = words;
  $("value").setAttribute("aria-invalid", "true");
}
