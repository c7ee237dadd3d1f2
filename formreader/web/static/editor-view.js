// The page with its cells: drawn, zoomed and panned.

import { areasOf, bounds } from "./editor-model.js";

const SVG = "http://www.w3.org/2000/svg";
const GRIPS = { nw: [0, 0], n: [0.5, 0], ne: [1, 0], e: [1, 0.5], se: [1, 1], s: [0.5, 1], sw: [0, 1], w: [0, 0.5] };
const HUES = 5;

function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export class View {
  constructor(root, model) {
    Object.assign(this, { root, model, tool: "select", zoom: 1, x: 0, y: 0, wrong: new Set(), read: new Map() });
    this.part = Object.fromEntries(["paper", "scan", "areas", "labels", "band", "handles"].map(
      (id) => [id, root.querySelector(`#${id}`)]));
    new ResizeObserver(() => (this.fitted ? this.fit() : this.draw())).observe(root);
  }

  setTool(tool) { this.tool = tool; this.root.dataset.tool = tool; }

  // Resolves when it is there; an error where it cannot be shown.
  show(picture) {
    const { scan } = this.part;
    const shown = new Promise((done, failed) => {
      scan.onload = done;
      scan.onerror = () => failed(new Error("The picture of this page could not be shown. Choose the page again."));
    });
    scan.setAttribute("href", picture);
    return shown;
  }

  // ---- where things are -------------------------------------------------------------------------------------------

  fit() {
    const { width, height } = this.model.template;
    const room = this.root.getBoundingClientRect();
    this.zoom = Math.min((room.width - 24) / width, (room.height - 24) / height);
    this.x = (room.width - width * this.zoom) / 2;
    this.y = (room.height - height * this.zoom) / 2;
    this.fitted = true;
    this.draw();
  }

  zoomBy(factor, at = this.middle()) {
    const zoom = Math.min(16, Math.max(0.05, this.zoom * factor));
    this.x = at.x - ((at.x - this.x) * zoom) / this.zoom;
    this.y = at.y - ((at.y - this.y) * zoom) / this.zoom;
    this.zoom = zoom;
    this.fitted = false;
    this.draw();
  }

  panBy(dx, dy) { this.x += dx; this.y += dy; this.fitted = false; this.draw(); }

  // Bring a rectangle of the template into sight, zooming in where it is too small to work on.
  reveal(area) {
    const room = this.root.getBoundingClientRect();
    const [left, top] = [area.left * this.zoom + this.x, area.top * this.zoom + this.y];
    const [right, bottom] = [area.right * this.zoom + this.x, area.bottom * this.zoom + this.y];
    if (left >= 0 && top >= 0 && right <= room.width && bottom <= room.height) return;
    this.panBy(room.width / 2 - (left + right) / 2, room.height / 2 - (top + bottom) / 2);
  }

  middle() { const room = this.root.getBoundingClientRect(); return { x: room.width / 2, y: room.height / 2 }; }

  // The pointer on the canvas; in template pixels with `page`.
  at(event) {
    const room = this.root.getBoundingClientRect();
    return { x: event.clientX - room.left, y: event.clientY - room.top };
  }

  page(point) { return { x: (point.x - this.x) / this.zoom, y: (point.y - this.y) / this.zoom }; }

  // ---- drawing ----------------------------------------------------------------------------------------------------

  draw() {
    this.waiting ??= requestAnimationFrame(() => { this.waiting = undefined; this.redraw(); });
  }

  redraw() {
    const { template } = this.model;
    this.part.paper.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.zoom})`);
    this.part.scan.setAttribute("width", template.width);
    this.part.scan.setAttribute("height", template.height);
    const areas = areasOf(template);
    this.part.areas.replaceChildren(...this.outlines(template), ...areas.map((one) => this.rectangle(one)));
    this.part.labels.replaceChildren(...template.fields.flatMap((field, f) => this.label(field, f)));
    this.part.handles.replaceChildren(...this.grips());
  }

  outlines(template) {
    return template.fields.flatMap(({ cells }, f) => (cells?.length > 1
      ? [svg("rect", { class: `bound hue-${f % HUES}`, ...placed(bounds(cells)) })] : []));
  }

  rectangle({ key, field, area }) {
    const names = [`hue-${field % HUES}`];
    if (this.model.selected.has(key)) names.push("selected");
    if (this.wrong.has(field)) names.push("wrong");
    return svg("rect", { class: names.join(" "), "data-key": key, ...placed(area) });
  }

  // The field's name, or what was read there, above its first cell, as wide as the field; a value is never cut short, and
  // a name is not where nothing else is beside it.
  // Where a name would hide another field's cells, the field's number stands beside its own, if that has room.
  label(field, f) {
    const areas = areasIn(field);
    if (!areas.length) return [];
    const reading = this.read.get(field.name);
    const box = bounds(areas);
    const most = Math.max(6, Math.floor(((box.right - box.left) * this.zoom) / 7) - 1);
    const [x, y] = [areas[0].left * this.zoom + this.x, areas[0].top * this.zoom + this.y];
    const alone = field.name.length <= 24 && !this.hides(f, x, y - 16, wide(field.name), 16);
    const name = alone ? field.name : shortened(field.name, most);
    if (reading) return [tag(reading.status, valued(reading, most), x, y - 16)];
    if (f === this.model.active || !this.hides(f, x, y - 16, wide(name))) return [tag(`hue-${f % HUES}`, name, x, y - 16)];
    const number = String(f + 1);
    const beside = [x - wide(number) - 2, y + ((areas[0].bottom - areas[0].top) * this.zoom - 15) / 2];
    return this.hides(f, ...beside, wide(number)) ? [] : [tag(`hue-${f % HUES}`, number, ...beside)];
  }

  // Whether a label there would lie upon another field's cells, or on what stands so far `above` them.
  hides(f, x, y, width, above = 0) {
    return this.model.template.fields.some((other, o) => {
      const areas = areasIn(other);
      if (o === f || !areas.length) return false;
      const box = bounds(areas);
      const [left, right] = [box.left * this.zoom + this.x, box.right * this.zoom + this.x];
      const [top, bottom] = [box.top * this.zoom + this.y, box.bottom * this.zoom + this.y];
      return x < right && x + width > left && y + 2 < bottom && y + 13 > top - above;
    });
  }

  grips() {
    if (!this.model.selection.length || this.tool !== "select") return [];
    const box = bounds(this.model.selection.map((one) => one.area));
    const [wide, high] = [(box.right - box.left) * this.zoom, (box.bottom - box.top) * this.zoom];
    const reach = matchMedia("(pointer: coarse)").matches ? 24 : 14;
    return Object.entries(GRIPS).flatMap(([name, [u, v]]) => {
      if ((u === 0.5 && wide < 2 * reach) || (v === 0.5 && high < 2 * reach)) return []; // leave room to take the cell
      const [x, y] = [box.left * this.zoom + this.x + u * wide, box.top * this.zoom + this.y + v * high];
      const style = `cursor-${name}`;
      const out = [(u - 0.5) * reach * 0.6, (v - 0.5) * reach * 0.6]; // more of it outside than upon the cell
      return [
        svg("rect", { x: x - 4, y: y - 4, width: 8, height: 8 }),
        svg("rect", { class: `grip ${style}`, "data-grip": name, x: x - reach / 2 + out[0], y: y - reach / 2 + out[1],
          width: reach, height: reach }),
      ];
    });
  }
}

function areasIn({ cells, strip }) {
  return cells ?? (strip ? [strip] : []);
}

function wide(text) {
  return text.length * 7 + 6;
}

function tag(name, text, x, y) {
  return svg("g", { class: name }, svg("rect", { x, y, width: wide(text), height: 15, rx: 3 }),
    svg("text", { x: x + 3, y: y + 11.5 }, text));
}

function valued({ value, confidence }, most) {
  const sure = `${value || "-"} ${Math.floor(confidence * 100)} %`;
  return sure.length > most ? value || "-" : sure;
}

// Names of one form often begin alike and end in a number.
function shortened(name, most) {
  const end = Math.floor((most - 1) / 2);
  return name.length > most ? `${name.slice(0, most - 1 - end)}…${name.slice(-end)}` : name;
}

function placed(area) {
  return { x: area.left, y: area.top, width: area.right - area.left, height: area.bottom - area.top };
}
