// What is told of a field: how it was read, which of its digits are doubtful, who said what, and whether its rules hold.

const $ = (id) => document.getElementById(id);
const DOUBTFUL = 0.95;

// One a cell; without cells, one a digit, and what stands between the digits has none.
function surenessOf(question, cell) {
  const each = question.digit_confidences;
  const digit = (symbol) => /[0-9]/.test(symbol || "");
  const digits = [...question.raw].filter(digit).length;
  if (each.length === question.raw.length || each.length !== digits) return each[cell];
  return digit(question.raw[cell]) ? each[[...question.raw].slice(0, cell).filter(digit).length] : undefined;
}

export function doubtful(question, cell) {
  const sure = surenessOf(question, cell);
  return cell in question.labels || "?X".includes(question.raw[cell] || " ") || (sure !== undefined && sure < DOUBTFUL);
}

export function machine(question) {
  const row = $("machine");
  $("machine-caption").textContent = question.blind ? "not shown" : "read as";
  if (question.blind) { row.replaceChildren(); speak(row, "the reading is not shown"); return; }
  const cells = [...question.raw].map((symbol, cell) => {
    const label = question.labels[cell];
    const span = element("span", label && label !== "?" ? label : symbol === "_" ? "\u00b7" : symbol);
    if (doubtful(question, cell)) {
      span.className = "doubtful";
      const sure = surenessOf(question, cell);
      span.title = sure === undefined ? "" : `${(Math.floor(1000 * sure) / 10).toFixed(1)} % sure`;
    } else if (symbol === "_") span.className = "nothing";
    return span;
  });
  row.replaceChildren(...(cells.length ? cells : [element("span", question.machine || "\u2013")]));
  const doubts = [...question.raw].map((symbol, cell) => [symbol, cell]).filter(([, cell]) => doubtful(question, cell));
  speak(row, `read as ${question.machine || "nothing"}`
    + (doubts.length ? `; doubtful: ${doubts.map(([symbol, cell]) => `cell ${cell + 1}, ${symbol}`).join("; ")}` : ""));
}

// The focus stays where it is from field to field, so nobody who does not see the page would hear of the next one.
function speak(row, words) {
  row.setAttribute("aria-label", words);
  $("spoken").textContent = words;
}

export function said(question) {
  $("said").hidden = !question.decided.length;
  $("said").replaceChildren(...question.decided.map((one) => {
    const item = element("li", `${one.reviewer}: `);
    item.append(element("b", one.status === "rejected" ? "illegible" : one.value || "blank"), ` (${one.at.slice(0, 16).replace("T", " ")})`);
    return item;
  }));
}

export function verdict({ meaning, problem, rules }) {
  $("meaning").textContent = meaning || "";
  $("problem").textContent = problem || "";
  $("value").setAttribute("aria-invalid", problem ? "true" : "false");
  $("rules").replaceChildren(...rules.map((rule) => {
    const item = element("li", `${rule.name}: ${rule.words}`);
    item.className = rule.holds === null ? "open" : rule.holds ? "holds" : "broken";
    return item;
  }));
}

export function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
