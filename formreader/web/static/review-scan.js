// Pictures of the scan: fetched ahead, and hung where they are looked at, with the cells marked.

import { ask } from "./ask.js";

const pictures = new Map();

// What there is to see of a question, fetched once: {url, image, boxes, note}.
export function load(question) {
  if (!pictures.has(question.id)) {
    pictures.set(question.id, looked(`api/look/${question.id}`).catch((error) => {
      pictures.delete(question.id);
      return { note: error.message, boxes: [] };
    }));
    if (pictures.size > 60) pictures.delete(pictures.keys().next().value);
  }
  return pictures.get(question.id);
}

export async function looked(path) {
  const look = await ask(path);
  if (look.url) {
    look.image = new Image();
    look.image.src = look.url;
    await look.image.decode();
  }
  return look;
}

export function hang(place, look, alt, classes) {
  place.querySelector("img")?.remove();
  look.image.alt = alt;
  place.prepend(look.image);
  frame(look.boxes, place.querySelector(".boxes"), classes);
  place.hidden = false;
}

function frame(boxes, place, classes) {
  place.replaceChildren(...boxes.map(([left, top, width, height], index) => {
    const span = document.createElement("span");
    span.className = classes(index);
    Object.assign(span.style, {
      left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%`,
    });
    return span;
  }));
}

// They are fetched again: what they show may have changed.
export function forget() {
  pictures.clear();
}
