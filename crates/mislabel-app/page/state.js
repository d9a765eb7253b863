// What the page knows. Whoever changes it says so, and the parts that show it draw themselves again.

import { ask } from "./api.js";
import { settings } from "./settings.js";

const PAGE = 100;
const KEPT_PAGES = 30;

export const state = {
  about: null,
  reviewer: "",
  slice: { id: 0, count: 0 },
  cards: new Map(), // place in the slice -> card
  pages: new Map(), // page -> promise, in the order of use
  current: 0,
  anchor: 0,
  selected: new Map(), // row -> place
  single: false,
  blind: false,
  zoomed: false,
  size: settings.size,
  seq: 0,
  examples: { like: new Set(), unlike: new Set() },
  seenAt: performance.now(),
};

const listeners = new Map();
export const on = (what, listen) => listeners.set(what, [...(listeners.get(what) ?? []), listen]);
export const emit = (what, detail) => (listeners.get(what) ?? []).forEach((listen) => listen(detail));

export const className = (label) => state.about.classes[label] ?? String(label);
export const givenName = (sample) => (sample.given === null ? "no label" : className(sample.given));
export const card = (place) => state.cards.get(place);
export const ownDecision = (sample) => sample?.state.decisions.find((decision) => decision.reviewer === state.reviewer);

export function show(slice) {
  state.slice = slice;
  state.cards.clear();
  state.pages.clear();
  state.selected.clear();
  state.current = 0;
  state.anchor = 0;
  state.seenAt = performance.now();
  emit("slice");
}

/// Sees to it that the cards from one place to another are there or on their way.
export function need(from, to) {
  const [first, last] = [Math.floor(Math.max(0, from) / PAGE), Math.floor(Math.max(0, to - 1) / PAGE)];
  const loading = [];
  for (let page = first; page <= last && page * PAGE < state.slice.count; page++) loading.push(load(page));
  return Promise.all(loading);
}

function load(page) {
  const known = state.pages.get(page);
  if (known) return known;
  const { id } = state.slice;
  const loaded = ask("cards", { slice: id, from: page * PAGE, count: PAGE }).then(
    (cards) => {
      if (state.slice.id !== id) return;
      cards.forEach((sample, at) => state.cards.set(page * PAGE + at, sample));
      forget();
      emit("cards");
    },
    (error) => {
      state.pages.delete(page);
      emit("failed", error);
    },
  );
  state.pages.set(page, loaded);
  return loaded;
}

/// Drops the pages that were loaded longest ago, but not what is being looked at.
function forget() {
  for (const page of state.pages.keys()) {
    if (state.pages.size <= KEPT_PAGES) return;
    if (Math.abs(page - Math.floor(state.current / PAGE)) <= 2) continue;
    state.pages.delete(page);
    for (let place = page * PAGE; place < (page + 1) * PAGE; place++) state.cards.delete(place);
  }
}

export function moveTo(place, extend = false) {
  const next = Math.min(Math.max(place, 0), Math.max(0, state.slice.count - 1));
  if (extend) selectBetween(state.anchor, next);
  else state.anchor = next;
  if (next !== state.current) state.seenAt = performance.now();
  state.current = next;
  need(next - 1, next + 2);
  emit("current");
}

function selectBetween(one, other) {
  state.selected.clear();
  for (let place = Math.min(one, other); place <= Math.max(one, other); place++) {
    const sample = card(place);
    if (sample) state.selected.set(sample.row, place);
  }
}

export function toggle(place) {
  const sample = card(place);
  if (!sample) return;
  if (!state.selected.delete(sample.row)) state.selected.set(sample.row, place);
  state.anchor = place;
  emit("current");
}

export function clearSelection() {
  state.selected.clear();
  emit("current");
}

/// The samples that a decision is about: the selected ones, or the current one.
export function targets() {
  if (state.selected.size > 0) return [...state.selected.keys()];
  const sample = card(state.current);
  return sample ? [sample.row] : [];
}

export function cardsOf(rows) {
  const wanted = new Set(rows);
  return [...state.cards.values()].filter((sample) => wanted.has(sample.row));
}

/// Takes the states in that the server tells.
export function settle(states, seq) {
  const byRow = new Map(states.map((told) => [told.row, told]));
  for (const sample of state.cards.values()) {
    const told = byRow.get(sample.row);
    if (told && !sample.waiting) sample.state = told;
  }
  state.seq = Math.max(state.seq, seq);
  emit("decided");
}
