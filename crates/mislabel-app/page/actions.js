// What a reviewer can do, by key or by button.

import { count, notice } from "./dom.js";
import { send } from "./outbox.js";
import { card, cardsOf, clearSelection, emit, moveTo, need, ownDecision, state, targets } from "./state.js";

const AHEAD = 300;

function decide(decision, label) {
  const rows = targets();
  if (rows.length === 0 || state.about.read_only) return;
  const impossible = lacking(rows, decision);
  if (impossible) return notice("refused", impossible);
  const milliseconds = rows.length === 1 ? Math.min(Math.round(performance.now() - state.seenAt), 3_600_000) : null;
  const body = { rows, decision, blind: state.blind, milliseconds };
  if (label !== undefined) body.class = label;
  mark(rows, decision, label, send("decide", body));
  notice("refused", "");
  if (state.selected.size > 0) clearSelection();
  else if (decision !== "clear") next();
  emit("decided");
}

/// Why the samples cannot be decided so: there may be no label to keep, and no suggestion to take.
function lacking(rows, decision) {
  const what = { keep: "given", suggestion: "suggested" }[decision];
  const without = what ? cardsOf(rows).filter((sample) => sample[what] === null).length : 0;
  if (without === 0) return "";
  const who = rows.length === 1 ? "This sample has" : `${count(without)} of the selected samples have`;
  return decision === "keep"
    ? `${who} no label to keep: take the suggestion (S), or choose a label (/).`
    : `${who} no suggestion: choose a label (/).`;
}

/// Whether the samples that a decision would be about can be decided so.
export const possible = (decision) => (decision !== "suggestion" || !state.blind) && lacking(targets(), decision) === "";

/// Shows the decision at once, as not saved yet.
function mark(rows, decision, label, op) {
  for (const sample of cardsOf(rows)) {
    const right = decision === "suggestion" ? sample.suggested : decision === "keep" ? sample.given : label;
    const kind = ["suggestion", "relabel"].includes(decision) ? (right === sample.given ? "keep" : "relabel") : decision;
    const others = sample.state.decisions.filter((other) => other.reviewer !== state.reviewer);
    const own = kind === "clear" ? [] : [{ reviewer: state.reviewer, decision: kind, label: right ?? null }];
    sample.state = { ...sample.state, decisions: [...others, ...own] };
    sample.waiting = op;
  }
}

export const keep = () => decide("keep");
export const unsure = () => decide("unsure");
export const exclude = () => decide("exclude");
export const clear = () => decide("clear");
export const decideClass = (label) => decide("relabel", label);
export const acceptSuggestion = () => (state.blind ? notice("refused", "Suggestions are hidden: choose a label, or show suggestions (B).") : decide("suggestion"));

export function undo() {
  if (!state.about.read_only) send("undo", {});
}

export function note(row, text) {
  send("note", { row, note: text.trim() });
}

export function tag(name, rows, on) {
  send("tag", { tag: name.trim(), rows, on });
}

/// Goes to the next sample without an own decision, of those that are loaded.
async function next() {
  const { id } = state.slice;
  await need(state.current + 1, Math.min(state.slice.count, state.current + 2));
  if (state.slice.id !== id) return;
  for (let place = state.current + 1; place < Math.min(state.slice.count, state.current + AHEAD); place++) {
    const sample = card(place);
    if (!sample || !ownDecision(sample)) return moveTo(place);
  }
  emit("current");
}
