// What is asked next: the next field, the one before, the gallery, or that all is decided.

import { Unanswered } from "./ask.js";
import { afresh, anew, any, fromTheStart, putFirst, questions, queue, refill, skipTo, take, undecided } from "./review-ahead.js";
import { about, alarm, view } from "./review-around.js";
import { gallery } from "./review-gallery.js";
import { allSaved } from "./review-queue.js";
import { element } from "./review-reading.js";
import { forget } from "./review-scan.js";
import { leave, now, show } from "./review-screen.js";

const $ = (id) => document.getElementById(id);

export async function start(position = -1) {
  await allSaved();
  anew({ nothingAnswered: true });
  leave();
  now.position = position;
  return next();
}

export async function next() {
  if (!any()) {
    await allSaved();  // else what was just answered is asked again, or hides what is not
    await patiently(fetched);
  }
  const question = take();
  if (question) show(question); else finished();
  further();
}

async function fetched() {
  await refill(now.position);
  if (!any() && queue.only !== "all") await fromTheStart();
}

// Until there is an answer: with no field on the screen there is nothing else to do.
async function patiently(action) {
  for (let failed = false; ; failed = true) {
    try {
      await action();
      if (failed) alarm("");
      return;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      alarm(error.message);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

export function further() { refill(now.position).catch((error) => alarm(error.message)); }

export async function move(step) {
  await allSaved();
  const only = queue.only === "disputed" ? queue.only : "all";
  const where = step > 0 ? { after: now.question?.position ?? now.position } : { before: now.question?.position ?? now.position + 1 };
  const [found] = await questions({ only, ...where, most: 1 });
  if (!found) return;
  if (step > 0) skipTo(found.position); else anew();
  show(found);
  further();
}

// Its answer was not taken. What is being typed for another field must not end up in this one: it comes after that.
export async function askAgain(question, words) {
  undecided(question);
  putFirst({ ...await afresh(question) ?? question, refused: words });
  if (!now.question) { await next(); return; }
  alarm(`${question.field} of ${question.file} page ${question.page}, which comes next: ${words}`);
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

export async function restart() {
  queue.only = $("by-state").value;
  await ($("gallery-view").hidden ? start() : gallery.open(gallery.symbol));
}

export async function openGallery(symbol) {
  await allSaved();
  leave();
  view("gallery-view");
  await gallery.open(symbol);
}

export async function toggleGallery() {
  if ($("gallery-view").hidden) { await openGallery(gallery.symbol); return; }
  forget();
  await start(now.position - 1);
}

export async function tab(only) {
  queue.only = only;
  forget();
  await start();
}
