// Try it: what the template as it is now reads on the page that is shown.

import { ask } from "./ask.js";
import { $, make } from "./editor-panel.js";

export class Try {
  constructor(model, view, panel, page) {
    Object.assign(this, { model, view, panel, page, turn: 0, struck: [] });
    $("try").addEventListener("click", () => this.run());
    $("try-strokes").addEventListener("click", () => this.allowStrokes());
  }

  // After a change: what was read before no longer counts; read again where that is wanted.
  changed() {
    clearTimeout(this.soon);
    this.turn += 1;
    this.view.read.clear();
    $("try-struck").hidden = true;
    $("readings").classList.add("old");
    if (this.panel.tab === "try" && $("try-live").checked) this.soon = setTimeout(() => this.run(), 500);
    else $("try-words").textContent = $("readings").hidden ? "" : "The template was changed since.";
  }

  async run() {
    clearTimeout(this.soon);
    const turn = this.turn += 1;
    $("try-words").textContent = "Reading ...";
    try {
      const answer = await ask("api/try", { template: this.model.template, page: this.page() });
      if (turn === this.turn) this.show(answer);
    } catch (error) {
      if (turn === this.turn) this.show({ error: error.message, fields: [], struck: [] });
    }
  }

  // Unused cells are crossed out on this page: the fields that are trusted once that is allowed.
  allowStrokes() {
    const names = new Set(this.struck);
    this.model.change("strokes fill unused cells", (template) => {
      for (const field of template.fields) if (names.has(field.name)) field.fill_marks = true;
    });
  }

  show({ error, quality, fields, struck }) {
    this.struck = struck;
    $("try-struck").hidden = !struck.length;
    $("try-struck").firstChild.textContent = `Unused cells seem to be crossed out in ${struck.join(", ")}.`;
    const trusted = fields.filter((one) => one.status === "read" || one.status === "blank").length;
    $("try-words").textContent = error
      || `${trusted} of ${fields.length} fields trusted; ${Math.round(quality * 100)} % of the printed outlines found.`;
    $("readings").hidden = !fields.length;
    $("readings").classList.remove("old");
    $("readings").tBodies[0].replaceChildren(...fields.map(row));
    this.view.read = new Map(fields.map((one) => [one.field, one]));
    this.view.draw();
  }
}

function row({ field, value, confidence, status, reasons, words }) {
  const why = make("span", { className: "reasons", title: reasons.join("; ") }, words.join(", "));
  return make("tr", {}, make("td", {}, field), make("td", {}, value || "-"),
    make("td", {}, `${(Math.floor(confidence * 1000) / 10).toFixed(1)} %`), make("td", { className: status }, status, why));
}
