// The grid: of any number of samples only the cards near the window exist.

import { cardElement, update } from "./cards.js";
import { $, element } from "./dom.js";
import { card, emit, moveTo, need, on, state, toggle } from "./state.js";

const GAP = 12;
const CAPTION = 78;
const MOST_CARDS = 280;
// Browsers stop scrolling elements somewhere beyond 16 million pixels.
const TALLEST = 8_000_000;

const scroller = $("samples");
const spacer = element("div", { class: "spacer", role: "presentation" });
const drawn = new Map(); // place -> element
let top = 0; // of the window, in pixels of the whole grid
let setTop = -1; // what the scroll bar was set to by us

function shape() {
  const width = scroller.clientWidth - GAP;
  const columns = Math.max(1, Math.floor(width / (state.size + GAP)));
  const cardWidth = Math.floor((width - columns * GAP) / columns);
  const rowHeight = state.size + CAPTION + GAP;
  const rows = Math.ceil(state.slice.count / columns);
  return { columns, cardWidth, rowHeight, rows, height: rows * rowHeight + GAP, window: scroller.clientHeight };
}

export const columns = () => shape().columns;

/// From the scroll bar to the whole grid: the same unless the grid is taller than browsers scroll.
function ratio({ height, window }) {
  const shown = Math.min(height, TALLEST);
  return shown > window ? (height - window) / (shown - window) : 1;
}

export function draw() {
  if (state.single) return;
  const now = shape();
  const [shown, scale] = [Math.min(now.height, TALLEST), ratio(now)];
  top = Math.min(Math.max(0, top), Math.max(0, now.height - now.window));
  spacer.style.height = `${shown}px`;
  const bar = Math.round(top / scale);
  if (Math.abs(scroller.scrollTop - bar) > 1) {
    setTop = bar;
    scroller.scrollTop = bar;
  }
  const visible = Math.ceil(now.window / now.rowHeight) + 1;
  const spare = Math.max(0, Math.floor((MOST_CARDS / now.columns - visible) / 2));
  const first = Math.max(0, Math.floor(top / now.rowHeight) - Math.min(spare, 2 * visible));
  const last = Math.min(now.rows, Math.floor(top / now.rowHeight) + visible + Math.min(spare, 2 * visible));
  const [from, to] = [first * now.columns, Math.min(state.slice.count, last * now.columns)];
  need(from, to);
  for (const [place, old] of drawn) if (place < from || place >= to) (old.remove(), drawn.delete(place));
  for (let place = from; place < to; place++) drawCard(place, now, scroller.scrollTop - top);
  scroller.setAttribute("aria-activedescendant", drawn.has(state.current) ? `card-${state.current}` : "");
}

function drawCard(place, { columns, cardWidth, rowHeight }, shift) {
  const sample = card(place);
  let made = drawn.get(place);
  if (!made || String(sample?.row) !== (made.dataset.row ?? "undefined")) {
    const fresh = cardElement(sample, place);
    made ? made.replaceWith(fresh) : scroller.append(fresh);
    made = fresh;
    drawn.set(place, made);
  }
  const [row, column] = [Math.floor(place / columns), place % columns];
  made.style.top = `${GAP + row * rowHeight + shift}px`;
  made.style.left = `${GAP + column * (cardWidth + GAP)}px`;
  made.style.width = `${cardWidth}px`;
  made.style.height = `${rowHeight - GAP}px`;
  if (sample) update(made, sample, place);
  else made.setAttribute("aria-label", "loading");
}

/// Brings the current card into the window.
export function reveal() {
  const now = shape();
  const begin = Math.floor(state.current / now.columns) * now.rowHeight;
  if (begin < top) top = begin;
  else if (begin + now.rowHeight + GAP > top + now.window) top = begin + now.rowHeight + GAP - now.window;
  draw();
}

export function restart() {
  drawn.forEach((old) => old.remove());
  drawn.clear();
  top = 0;
  draw();
}

/// For tests and for whoever wants to go far: brings the sample at `place` to the top.
export function goTo(place) {
  const now = shape();
  top = Math.floor(place / now.columns) * now.rowHeight;
  moveTo(place);
}

export function start() {
  scroller.append(spacer);
  scroller.addEventListener("scroll", () => {
    const ours = Math.abs(scroller.scrollTop - setTop) <= 1;
    setTop = -1;
    if (!ours) top = scroller.scrollTop * ratio(shape());
    requestAnimationFrame(draw);
  });
  scroller.addEventListener(
    "wheel",
    (event) => {
      // Where the scroll bar is coarser than the grid, the wheel moves the grid itself.
      if (ratio(shape()) <= 1 || event.ctrlKey) return;
      event.preventDefault();
      top += event.deltaMode === 1 ? 40 * event.deltaY : event.deltaY;
      draw();
    },
    { passive: false },
  );
  scroller.addEventListener("click", (event) => clicked(event));
  scroller.addEventListener("dblclick", () => emit("open"));
  new ResizeObserver(() => requestAnimationFrame(draw)).observe(scroller);
  on("cards", draw);
  on("decided", draw);
  on("outbox", draw);
  on("current", () => !state.single && reveal());
  on("slice", restart);
}

function clicked(event) {
  const target = event.target.closest(".card");
  if (!target) return;
  const place = Number(target.dataset.place);
  if (event.ctrlKey || event.metaKey) {
    moveTo(place);
    toggle(place);
  } else moveTo(place, event.shiftKey);
  scroller.focus({ preventScroll: true });
}
