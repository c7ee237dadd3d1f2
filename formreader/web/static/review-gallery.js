// The digit gallery: every cell that was read as one digit, so that the odd ones stand out.

const $ = (id) => document.getElementById(id);
const SCREEN = 70;

let tools;
let counts = {};
let shown = [];      // tiles on the screen
let labels = {};     // index of a tile -> what it is instead, ? where not said
let upcoming = null; // the next screen's request
let since = 0;
let at = 0;
let opening = 0;     // the latest request for a symbol; an earlier one's answer is no longer wanted
let confirming = false;
const confirmed = []; // symbols in the order of their screens, for taking back

function place(tile) { return { position: tile.position, cell: tile.cell }; }

function request(symbol, after) {
  const query = { symbol, most: SCREEN, ...(after || {}) };
  return tools.ask("api/gallery?" + new URLSearchParams(query)).then(({ tiles }) => {
    tiles.forEach((tile) => { tile.image = new Image(); tile.image.src = tile.url; });
    return tiles;
  });
}

async function openSymbol(symbol) {
  const mine = ++opening;
  await tools.allSaved();
  const { symbols } = await tools.ask("api/symbols");
  if (mine !== opening) return;
  counts = symbols;
  const names = Object.keys(counts).filter((name) => counts[name]);
  gallery.symbol = names.includes(symbol) ? symbol : names[0] || "0";
  $("symbols").replaceChildren(...Object.keys(counts).map((name) => {
    const button = document.createElement("button");
    button.type = "button";
    button.disabled = !counts[name];
    button.setAttribute("aria-pressed", String(name === gallery.symbol));
    button.innerHTML = "<b></b> <span></span>";
    button.querySelector("b").textContent = name;
    button.querySelector("span").textContent = `\u00d7 ${counts[name]}`;
    button.setAttribute("aria-label", `${counts[name]} cells read as ${name}`);
    button.addEventListener("click", () => openSymbol(name));
    return button;
  }));
  const tiles = await request(gallery.symbol);
  if (mine === opening) show(tiles);
}

function show(tiles) {
  shown = tiles;
  labels = {};
  at = 0;
  since = performance.now();
  upcoming = tiles.length === SCREEN ? request(gallery.symbol, place(tiles[tiles.length - 1])) : null;
  $("gallery-words").textContent = tiles.length
    ? `${tiles.length} cells read as ${gallery.symbol}. Mark those that are none; Enter confirms all others.`
    : "Nothing to look at here: what is left is asked field by field (G).";
  $("tiles").replaceChildren(...tiles.map(draw));
  focus(0);
}

function draw(tile, index) {
  const box = document.createElement("div");
  box.className = "tile" + (tile.confidence < 0.95 ? " doubtful" : "");
  box.tabIndex = -1;
  box.setAttribute("role", "option");
  box.setAttribute("aria-selected", "false");
  box.setAttribute("aria-label", `${tile.name} cell ${tile.cell + 1}`);
  box.title = `${tile.name} cell ${tile.cell + 1}, ${(Math.floor(1000 * tile.confidence) / 10).toFixed(1)} % sure`;
  tile.image.alt = "";
  box.append(tile.image);
  box.addEventListener("click", () => { focus(index); mark(index, index in labels ? null : "?"); });
  return box;
}

function mark(index, label) {
  const box = $("tiles").children[index];
  if (!box) return;
  box.querySelector("b")?.remove();
  if (label === null || label === gallery.symbol) delete labels[index];
  else {
    labels[index] = label;
    const flag = document.createElement("b");
    flag.textContent = label === "?" ? "\u2260" : label;
    box.append(flag);
  }
  const odd = index in labels;
  box.setAttribute("aria-selected", String(odd));
  box.setAttribute("aria-label", `${shown[index].name} cell ${shown[index].cell + 1}`
    + (odd ? (label === "?" ? `, is no ${gallery.symbol}` : `, is a ${label}`) : ""));
}

function focus(index) {
  const boxes = $("tiles").children;
  if (!boxes.length) { $("tiles").focus(); return; }
  boxes[at]?.setAttribute("tabindex", "-1");
  at = Math.max(0, Math.min(boxes.length - 1, index));
  boxes[at].tabIndex = 0;
  boxes[at].focus();
}

function columns() {
  const boxes = [...$("tiles").children];
  const top = boxes[0]?.offsetTop;
  const count = boxes.findIndex((box) => box.offsetTop !== top);
  return count < 0 ? boxes.length || 1 : count;
}

async function confirm() {
  if (!shown.length || confirming) return;
  if (!shown.every((tile) => tile.image.complete)) { $("gallery-words").textContent = "wait until every cell is shown"; return; }
  const cells = shown.map((tile, index) => ({ id: tile.field, cell: tile.cell, label: labels[index] ?? gallery.symbol }))
    .filter((_, index) => shown[index].image.naturalWidth);  // what could not be shown is not confirmed
  const milliseconds = Math.round((performance.now() - since) / shown.length);
  const symbol = gallery.symbol;
  tools.save({
    path: "api/labels", body: { symbol, cells, token: tools.token(), milliseconds },
    done: (answer) => tools.progress(answer.progress), refused: (error) => tools.alarm(error.message),
  });
  counts[symbol] -= shown.length;
  const button = [...$("symbols").children].find((one) => one.querySelector("b").textContent === symbol);
  if (button) button.querySelector("span").textContent = `\u00d7 ${Math.max(0, counts[symbol])}`;
  confirmed.push(symbol);
  confirming = true;
  try { await next(symbol); } finally { confirming = false; }
}

async function next(symbol) {
  const mine = ++opening;
  const tiles = upcoming ? await upcoming : [];
  if (mine !== opening) return;
  if (tiles.length) show(tiles);
  else await openSymbol(Object.keys(counts).find((name) => counts[name] > 0 && name !== symbol) || symbol);
}

// The screen that was taken back is shown again.
function back() { return openSymbol(confirmed.pop() ?? gallery.symbol); }

function other(step) {
  const names = Object.keys(counts).filter((name) => counts[name] > 0);
  if (names.length) openSymbol(names[(names.indexOf(gallery.symbol) + step + names.length) % names.length]);
}

function key(event) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns(), Home: -9999, End: 9999 };
  if (event.key in steps) focus(at + steps[event.key]);
  else if (event.key === "Enter") confirm();
  else if (event.key === " ") mark(at, at in labels ? null : "?");
  else if (/^[0-9]$/.test(event.key)) mark(at, event.key);
  else if (event.key === "Escape" || event.key === "Backspace") mark(at, null);
  else if (event.key === "PageDown") other(1);
  else if (event.key === "PageUp") other(-1);
  else return;
  event.preventDefault();
}

export const gallery = { symbol: "0", open: openSymbol, back, key, ready: (given) => { tools = given; } };
