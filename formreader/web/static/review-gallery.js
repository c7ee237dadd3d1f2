// The digit gallery: every cell that was read as one digit, so that the odd ones stand out.

const $ = (id) => document.getElementById(id);
const SCREEN = 70;

let tools;
let counts = {};
let shown = { symbol: "0", tiles: [] }; // the screen; whatever is asked for next, its cells were read as its symbol
let labels = {};     // index of a tile -> what it is instead, ? where not said
let upcoming = null; // the next screen's request
let since = 0;
let at = 0;
let seen = false;    // every picture that there is was on the screen long enough to be seen

function place(tile) { return { position: tile.position, cell: tile.cell }; }

async function request(symbol, after) {
  const query = { symbol, most: SCREEN, ...(after || {}) };
  const { tiles } = await tools.ask("api/gallery?" + new URLSearchParams(query));
  for (const tile of tiles) {
    tile.image = new Image();
    tile.image.src = tile.url;
  }
  return { symbol, tiles };
}

async function open(symbol) {
  clear("opening ...");
  await tools.allSaved();
  counts = (await tools.ask("api/symbols")).symbols;
  const names = Object.keys(counts).filter((name) => counts[name]);
  gallery.symbol = names.includes(symbol) ? symbol : names[0] || "0";
  $("symbols").replaceChildren(...Object.keys(counts).map(button));
  show(await request(gallery.symbol));
}

function button(name) {
  const made = document.createElement("button");
  made.type = "button";
  made.disabled = !counts[name];
  made.setAttribute("aria-pressed", String(name === gallery.symbol));
  made.innerHTML = "<b></b> <span></span>";
  made.querySelector("b").textContent = name;
  made.querySelector("span").textContent = `\u00d7 ${counts[name]}`;
  made.setAttribute("aria-label", `${counts[name]} cells read as ${name}`);
  made.addEventListener("click", () => tools.inTurn(() => open(name)));
  return made;
}

// Nothing is left on the screen that a key could be meant for.
function clear(words) {
  shown = { symbol: gallery.symbol, tiles: [] };
  labels = {};
  seen = false;
  delete document.body.dataset.screen;
  $("gallery-words").textContent = words;
  $("tiles").replaceChildren();
}

function show(screen) {
  const { symbol, tiles } = screen;
  clear(words(screen));
  shown = screen;
  at = 0;
  since = performance.now();
  upcoming = tiles.length === SCREEN ? request(symbol, place(tiles.at(-1))) : null;
  upcoming?.catch(() => {}); // told when it is wanted
  $("tiles").replaceChildren(...tiles.map(draw));
  focus(0);
  Promise.allSettled(tiles.map((tile) => tile.image.decode().catch(() => { tile.lost = true; }))).then(() => {
    if (shown === screen) setTimeout(() => look(screen), tools.GLANCE);
  });
}

function words({ symbol, tiles }) {
  return tiles.length ? `${tiles.length} cells read as ${symbol}. Mark those that are none; Enter confirms all others.`
    : "Nothing to look at here: what is left is asked field by field (G).";
}

function look(screen) {
  if (shown !== screen) return;
  seen = true;
  $("gallery-words").textContent = words(screen);
  document.body.dataset.screen = screen.symbol;
  screen.tiles.forEach((tile, index) => { if (tile.lost) $("tiles").children[index].classList.add("lost"); });
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
  const { symbol, tiles } = shown;
  box.querySelector("b")?.remove();
  if (label === null || label === symbol) delete labels[index];
  else {
    labels[index] = label;
    const flag = document.createElement("b");
    flag.textContent = label === "?" ? "\u2260" : label;
    box.append(flag);
  }
  const odd = index in labels;
  box.setAttribute("aria-selected", String(odd));
  box.setAttribute("aria-label", `${tiles[index].name} cell ${tiles[index].cell + 1}`
    + (odd ? (label === "?" ? `, is no ${symbol}` : `, is a ${label}`) : ""));
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
  const { symbol, tiles } = shown;
  if (!tiles.length) return;
  if (!seen) { $("gallery-words").textContent = "wait until every cell is shown"; return; }
  const cells = tiles.map((tile, index) => ({ id: tile.field, cell: tile.cell, label: labels[index] ?? symbol }))
    .filter((_, index) => !tiles[index].lost);  // what could not be shown is not confirmed
  if (cells.length) {
    const milliseconds = Math.round((performance.now() - since) / tiles.length);
    tools.save({
      path: "api/labels", body: { symbol, cells, token: tools.named(), milliseconds },
      done: (answer) => tools.progress(answer.progress),
      refused: (error) => tools.alarm(`The cells read as ${symbol} are not confirmed: ${error.message}`),
    });
  }
  clear("opening ...");
  counts[symbol] = Math.max(0, counts[symbol] - tiles.length);
  const pressed = [...$("symbols").children].find((one) => one.querySelector("b").textContent === symbol);
  if (pressed) pressed.querySelector("span").textContent = `\u00d7 ${counts[symbol]}`;
  const further = upcoming ? await upcoming : null;
  if (further?.tiles.length) show(further);
  else await open(Object.keys(counts).find((name) => counts[name] > 0 && name !== symbol) || symbol);
}

async function other(step) {
  const names = Object.keys(counts).filter((name) => counts[name] > 0);
  if (names.length) await open(names[(names.indexOf(gallery.symbol) + step + names.length) % names.length]);
}

function key(event) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns(), Home: -9999, End: 9999 };
  if (event.key in steps) focus(at + steps[event.key]);
  else if (event.key === "Enter") { if (!tools.busy()) tools.inTurn(confirm); }
  else if (event.key === " ") mark(at, at in labels ? null : "?");
  else if (/^[0-9]$/.test(event.key)) mark(at, event.key);
  else if (event.key === "Escape" || event.key === "Backspace") mark(at, null);
  else if (event.key === "PageDown") tools.inTurn(() => other(1));
  else if (event.key === "PageUp") tools.inTurn(() => other(-1));
  else return;
  event.preventDefault();
}

export const gallery = { symbol: "0", open, key, ready: (given) => { tools = given; } };
