// What the pointer does on the page: select, move, resize, draw, pan, zoom; by mouse, pen or fingers.

import { move, resize } from "./editor-changes.js";
import { areasOf, bounds } from "./editor-model.js";

export class Pointer {
  // `drawn(box, pointerType)`: a rectangle was drawn, in template pixels.
  constructor(view, drawn) {
    Object.assign(this, { view, drawn, gesture: null, spaceHeld: false, alone: null });
    this.pointers = new Map();
    const { root } = view;
    root.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    root.addEventListener("pointerdown", (event) => this.down(event));
    root.addEventListener("pointermove", (event) => this.moved(event));
    root.addEventListener("pointerup", (event) => this.up(event));
    root.addEventListener("pointercancel", (event) => this.up(event, true));
    root.addEventListener("dblclick", (event) => this.whole(event));
    root.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  wheel(event) {
    event.preventDefault();
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (sideways && !event.ctrlKey) this.view.panBy(-(event.deltaX || event.deltaY), 0);
    else this.view.zoomBy(Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) * (event.ctrlKey ? 0.01 : 0.002)), this.view.at(event));
  }

  down(event) {
    this.view.root.focus({ preventScroll: true });
    try { this.view.root.setPointerCapture(event.pointerId); } catch { /* a pointer that is gone already */ }
    this.pointers.set(event.pointerId, this.view.at(event));
    if (this.pointers.size === 2) { this.end(true); this.gesture = { kind: "pinch", ...this.spread() }; return; }
    if (this.pointers.size > 2) return;
    const start = this.view.at(event);
    const panning = this.view.tool === "pan" || this.spaceHeld || event.button === 1;
    const grip = event.target.dataset?.grip;
    const key = event.target.dataset?.key;
    if (panning) this.gesture = { kind: "pan", last: start };
    else if (event.button !== 0) return;
    else if (this.view.tool === "draw") this.gesture = { kind: "draw", start };
    else if (grip) this.gesture = { kind: "resize", start, grip, from: bounds(this.view.model.selection.map((one) => one.area)) };
    else if (key) this.grab(event, key, start);
    else this.gesture = { kind: "band", start, add: event.shiftKey || event.ctrlKey || event.metaKey };
  }

  grab(event, key, start) {
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    if (add || !this.view.model.selected.has(key)) this.view.model.select([key], { add });
    else this.alone = key; // a click, without moving, on one of several selects it alone
    this.gesture = { kind: "move", start };
  }

  moved(event) {
    if (!this.pointers.has(event.pointerId)) return;
    const now = this.view.at(event);
    this.pointers.set(event.pointerId, now);
    const going = this.gesture;
    if (!going) return;
    if (going.kind === "pinch") this.pinch(going);
    else if (going.kind === "pan") { this.view.panBy(now.x - going.last.x, now.y - going.last.y); going.last = now; }
    else {
      going.far ||= Math.hypot(now.x - going.start.x, now.y - going.start.y) > (event.pointerType === "touch" ? 8 : 3);
      if (!going.far) return;
      going.now = now;
      if (going.kind === "move" || going.kind === "resize") this.view.model.drag((next) => this.dragged(next, going));
      else this.rubber(going);
    }
  }

  dragged(next, { kind, start, now, grip, from }) {
    const [dx, dy] = [(now.x - start.x) / this.view.zoom, (now.y - start.y) / this.view.zoom];
    if (kind === "move") { move(next, this.view.model.selected, dx, dy); return; }
    const to = { ...from };
    if (grip.includes("w")) to.left = Math.round(from.left + dx);
    if (grip.includes("e")) to.right = Math.round(from.right + dx);
    if (grip.includes("n")) to.top = Math.round(from.top + dy);
    if (grip.includes("s")) to.bottom = Math.round(from.bottom + dy);
    resize(next, this.view.model.selected, from, to);
  }

  up(event, cancelled = false) {
    this.pointers.delete(event.pointerId);
    if (this.gesture?.kind === "pinch") { if (!this.pointers.size) this.gesture = null; return; }
    this.end(cancelled, event);
  }

  end(cancelled, event) {
    const going = this.gesture;
    this.gesture = null;
    this.view.part.band.setAttribute("hidden", "");
    if (going?.far && !cancelled) this.finish(going, event);
    else if (going?.far) this.view.model.cancel();
    else if (!cancelled && going?.kind === "band" && !going.add) this.view.model.select([]);
    else if (!cancelled && going?.kind === "move" && this.alone) this.view.model.select([this.alone]);
    this.alone = null;
  }

  finish(going, event) {
    if (going.kind === "move") this.view.model.change("moved", (next) => this.dragged(next, going));
    else if (going.kind === "resize") this.view.model.change("resized", (next) => this.dragged(next, going));
    else if (going.kind === "draw") this.drawn(this.framed(going), event.pointerType);
    else if (going.kind === "band") {
      const box = this.framed(going);
      const inside = areasOf(this.view.model.template).filter(({ area }) => (
        area.left < box.right && area.right > box.left && area.top < box.bottom && area.bottom > box.top));
      this.view.model.select(inside.map((one) => one.key), { add: going.add });
    }
  }

  // The rectangle between where a gesture began and where it is, in whole template pixels on the page.
  framed({ start, now }) {
    const [a, b] = [this.view.page(start), this.view.page(now)];
    const { width, height } = this.view.model.template;
    const within = (value, most) => Math.round(Math.max(0, Math.min(most, value)));
    return {
      left: within(Math.min(a.x, b.x), width), top: within(Math.min(a.y, b.y), height),
      right: within(Math.max(a.x, b.x), width), bottom: within(Math.max(a.y, b.y), height),
    };
  }

  rubber({ start, now }) {
    const { band } = this.view.part;
    band.removeAttribute("hidden");
    band.setAttribute("x", Math.min(start.x, now.x));
    band.setAttribute("y", Math.min(start.y, now.y));
    band.setAttribute("width", Math.abs(now.x - start.x));
    band.setAttribute("height", Math.abs(now.y - start.y));
  }

  spread() {
    const [a, b] = [...this.pointers.values()];
    return { apart: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
  }

  pinch(going) {
    if (this.pointers.size !== 2) return;
    const { apart, middle } = this.spread();
    this.view.panBy(middle.x - going.middle.x, middle.y - going.middle.y);
    this.view.zoomBy(apart / going.apart, middle);
    Object.assign(going, { apart, middle });
  }

  whole(event) {
    const key = event.target.dataset?.key;
    if (key && this.view.tool === "select") this.view.model.selectField(Number(key.split(".")[0]));
  }
}
