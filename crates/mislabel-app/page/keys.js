// Keys and buttons: one table for both, so that each action has both.

import * as actions from "./actions.js";
import { openClasses, openHelp, openNote, openSimilar, openTag } from "./dialogs.js";
import { $, element, isTyping } from "./dom.js";
import { columns } from "./grid.js";
import { remember, settings } from "./settings.js";
import { candidates, draw as drawSingle, setSingle } from "./single.js";
import { card, clearSelection, emit, moveTo, on, state, toggle } from "./state.js";

const DECISIONS = [
  { keys: ["k"], shown: "K", name: "Keep", long: "keep the given label", act: actions.keep, decision: "keep" },
  { keys: ["s", "enter"], shown: "S", name: "Suggestion", long: "take the suggested label (also Enter)", act: actions.acceptSuggestion, decision: "suggestion" },
  { keys: ["/"], shown: "/", name: "Other label", long: "search another label", act: openClasses },
  { keys: ["u"], shown: "U", name: "Unsure", long: "I cannot tell", act: actions.unsure },
  { keys: ["x"], shown: "X", name: "Exclude", long: "leave the sample out of the data", act: actions.exclude },
  { keys: ["n"], shown: "N", name: "Note", long: "write a note", act: openNote },
  { keys: ["t"], shown: "T", name: "Tag", long: "put a tag on the samples", act: openTag },
  { keys: ["d"], shown: "D", name: "Similar", long: "search similar samples", act: openSimilar, needs: "similar" },
  { keys: ["z", "backspace"], shown: "Z", name: "Undo", long: "take my last decision back (also Backspace)", act: actions.undo },
];

const MOVES = [
  { keys: ["arrowleft", "j"], shown: "← J", long: "the sample before", act: (event) => moveTo(state.current - 1, event.shiftKey) },
  { keys: ["arrowright", "l"], shown: "→ L", long: "the next sample, without a decision", act: (event) => moveTo(state.current + 1, event.shiftKey) },
  { keys: ["arrowup"], shown: "↑", long: "a row up", act: (event) => moveTo(state.current - (state.single ? 1 : columns()), event.shiftKey) },
  { keys: ["arrowdown"], shown: "↓", long: "a row down", act: (event) => moveTo(state.current + (state.single ? 1 : columns()), event.shiftKey) },
  { keys: ["home"], shown: "Home", long: "the first sample", act: (event) => moveTo(0, event.shiftKey) },
  { keys: ["end"], shown: "End", long: "the last sample", act: () => moveTo(state.slice.count - 1) },
  { keys: [" "], shown: "Space", long: "select the sample, or not; Shift and arrows select more", act: () => toggle(state.current) },
  { keys: ["escape"], shown: "Esc", long: "select nothing", act: clearSelection },
  { keys: ["g"], shown: "G", long: "grid, or one at a time", act: () => setSingle(!state.single) },
  { keys: ["f"], shown: "F", long: "zoom in and out", act: zoom },
  { keys: ["b"], shown: "B", long: "hide suggestions, or show them", act: toggleBlind },
  { keys: ["?"], shown: "?", long: "this help", act: () => openHelp(helpText()) },
];

const byKey = new Map([...DECISIONS, ...MOVES].flatMap((entry) => entry.keys.map((key) => [key, entry])));

function zoom() {
  if (!state.single) return setSingle(true);
  state.zoomed = !state.zoomed;
  drawSingle();
}

export function toggleBlind() {
  state.blind = !state.blind;
  $("blind").setAttribute("aria-pressed", String(state.blind));
  emit("decided");
  emit("view");
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (isTyping(event.target)) return void (event.key === "Escape" && event.target.blur());
  const key = event.key.toLowerCase();
  const onControl = event.target.closest?.("button, a, summary");
  if (onControl && ["enter", " "].includes(key)) return;
  const isLetter = key.length === 1 && key !== " " && key !== "?";
  if (isLetter && !settings.singleKeys) return;
  const label = event.shiftKey ? undefined : labelOn(key);
  const entry = byKey.get(key);
  if (label === undefined && (!entry || (entry.needs && !state.about[entry.needs]))) return;
  event.preventDefault();
  label === undefined ? entry.act(event) : actions.decideClass(label);
}

function labelOn(key) {
  const sample = card(state.current);
  return sample && candidates(sample).find((candidate) => candidate.key === key)?.label;
}

/// The bright button is the first that can be pressed: keep, or, for samples without a label, the suggestion.
function brighten() {
  const bright = DECISIONS.find((entry) => entry.decision && actions.possible(entry.decision))?.name;
  for (const made of $("actions").children) made.classList.toggle("primary", made.dataset.name === bright);
}

function helpText() {
  const list = (entries) => element("div", { class: "keys" }, ...entries.flatMap(({ shown, long }) => [element("kbd", {}, shown), element("span", {}, long)]));
  const digits = { shown: "1 – 9", long: "take this label: the buttons of the single view show which" };
  return [
    element("p", {}, "Each picture has a label that may be wrong. Say what is right. A decision is saved at once, and can be taken back."),
    element("h3", {}, "Decide"),
    list([...DECISIONS, digits]),
    element("h3", {}, "Move"),
    list(MOVES),
    element("h3", {}, "Only where"),
    element("p", {}, 'Conditions such as given = "cat" and quality < 0.2, joined by and, or, not, ( ). Fields:'),
    element("p", { class: "small" }, `${state.about.fields.join(", ")}, tag.NAME`),
  ];
}

export function start() {
  document.addEventListener("keydown", pressed);
  const wanted = DECISIONS.filter((entry) => !entry.needs || state.about[entry.needs]);
  const button = (entry) => {
    const made = element("button", { type: "button", "data-name": entry.name, title: entry.long }, `${entry.name} `, element("kbd", {}, entry.shown));
    made.addEventListener("click", (event) => entry.act(event));
    return made;
  };
  $("actions").append(...wanted.map(button));
  $("blind").addEventListener("click", toggleBlind);
  $("blind").setAttribute("aria-pressed", String(state.blind));
  $("view").addEventListener("click", () => setSingle(!state.single));
  $("help").addEventListener("click", () => openHelp(helpText()));
  $("single-keys").checked = settings.singleKeys;
  $("single-keys").addEventListener("change", (event) => remember({ singleKeys: event.target.checked }));
  on("view", () => {
    $("view").firstChild.textContent = state.single ? "Grid " : "One at a time ";
    for (const made of $("actions").children) {
      const locked = state.about.read_only && !["Similar"].includes(made.dataset.name);
      made.disabled = locked || (made.dataset.name === "Suggestion" && state.blind);
    }
  });
  for (const what of ["view", "slice", "cards", "current", "decided"]) on(what, brighten);
  on("open", () => setSingle(true));
}
