// Questions that need more than a key.

import { decideClass, note, tag } from "./actions.js";
import { ask } from "./api.js";
import { $, count, element, notice } from "./dom.js";
import { card, className, emit, state, targets } from "./state.js";

const LISTED = 60;
// Rows that a change can name.
const MOST_TAGGED = 100_000;

let matches = [];
let chosen = 0;
let rowsAsked = [];

const close = (event) => event.target.closest("dialog").close();

// The class search

export function openClasses() {
  if (targets().length === 0) return;
  $("class-search").value = "";
  search();
  $("class-dialog").showModal();
  $("class-search").focus();
}

/// Classes that begin with what was typed, then those that contain it; before anything is typed, the likeliest.
function search() {
  const typed = $("class-search").value.trim().toLowerCase();
  const { classes } = state.about;
  if (typed === "") {
    const likely = state.blind ? [] : (card(state.current)?.candidates ?? []);
    const rest = classes.slice(0, LISTED + likely.length).map((_, label) => label);
    matches = [...likely, ...rest.filter((label) => !likely.includes(label))].slice(0, LISTED);
  } else {
    const found = classes.map((name, label) => [name.toLowerCase().indexOf(typed), name.length, label]);
    const near = found.filter(([at]) => at >= 0).sort((a, b) => Math.min(a[0], 1) - Math.min(b[0], 1) || a[1] - b[1]);
    matches = near.slice(0, LISTED).map(([, , label]) => label);
  }
  chosen = 0;
  list();
}

function list() {
  const item = (label, at) => {
    const properties = { role: "option", id: `class-${at}`, "aria-selected": String(at === chosen), dir: "auto" };
    return element("li", { ...properties, on: { click: () => choose(at) } }, className(label));
  };
  $("class-list").replaceChildren(...matches.map(item));
  if (matches.length === 0) $("class-list").append(element("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "No label has this name"));
  $("class-search").setAttribute("aria-activedescendant", matches.length > 0 ? `class-${chosen}` : "");
  document.getElementById(`class-${chosen}`)?.scrollIntoView({ block: "nearest" });
}

function choose(at) {
  if (matches[at] === undefined) return;
  $("class-dialog").close();
  decideClass(matches[at]);
}

function searchKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) chosen = Math.min(Math.max(chosen + step, 0), matches.length - 1);
  else if (event.key === "Enter") choose(chosen);
  else return;
  event.preventDefault();
  if (step) list();
}

// Notes, tags, similar samples, help, the reviewer

export function openNote() {
  const sample = card(state.current);
  if (!sample) return;
  rowsAsked = [sample.row];
  $("note-text").value = sample.state.notes[0] ?? "";
  $("note-dialog").showModal();
}

export function openTag() {
  rowsAsked = targets();
  if (rowsAsked.length === 0) return;
  $("tag-title").textContent = rowsAsked.length === 1 ? "Tag this sample" : `Tag these ${rowsAsked.length} samples`;
  const { count: all } = state.slice;
  $("tag-view").hidden = all > MOST_TAGGED || all <= rowsAsked.length;
  $("tag-view").textContent = `Put it on all ${count(all)} in this view`;
  $("tag-dialog").showModal();
}

async function tagView() {
  const name = $("tag-name").value.trim();
  if (!name) return $("tag-name").focus();
  $("tag-dialog").close();
  try {
    tag(name, await ask("rows", { slice: state.slice.id }), true);
  } catch (error) {
    notice("refused", error.message);
  }
}

export function openSimilar() {
  rowsAsked = targets();
  if (rowsAsked.length === 0) return;
  const { like, unlike } = state.examples;
  const what = rowsAsked.length === 1 ? "This sample" : `These ${rowsAsked.length} samples`;
  $("similar-text").textContent = `${what} can be examples of what you search, or counter-examples. So far: ${like.size} examples, ${unlike.size} counter-examples.`;
  $("similar-unlike").disabled = like.size === 0;
  $("similar-dialog").showModal();
}

export function openHelp(content) {
  $("help-text").replaceChildren(...content);
  $("help-dialog").showModal();
  $("help-title").focus();
  $("help-dialog").scrollTop = 0;
}

export function openReviewer() {
  $("reviewer-name").value = state.reviewer;
  $("reviewer-dialog").showModal();
}

function example(kind) {
  const other = kind === "like" ? "unlike" : "like";
  for (const row of rowsAsked) {
    state.examples[kind].add(row);
    state.examples[other].delete(row);
  }
  $("similar-dialog").close();
  if (state.examples.like.size > 0) emit("similar");
}

function tagged(on) {
  const name = $("tag-name").value.trim();
  $("tag-dialog").close();
  if (name) tag(name, rowsAsked, on);
}

export function start() {
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", close);
  $("class-search").addEventListener("input", search);
  $("class-search").addEventListener("keydown", searchKey);
  $("note-form").addEventListener("submit", () => note(rowsAsked[0], $("note-text").value));
  $("tag-form").addEventListener("submit", () => tagged(true));
  $("tag-view").addEventListener("click", tagView);
  $("untag").addEventListener("click", () => tagged(false));
  $("similar-like").addEventListener("click", () => example("like"));
  $("similar-unlike").addEventListener("click", () => example("unlike"));
  $("similar-forget").addEventListener("click", () => {
    state.examples.like.clear();
    state.examples.unlike.clear();
    $("similar-dialog").close();
  });
  $("reviewer-form").addEventListener("submit", () => emit("reviewer", $("reviewer-name").value.trim()));
}
