// One sample, large, with everything that is known of it.

import { decideClass } from "./actions.js";
import { decisionText, media } from "./cards.js";
import { $, count, element } from "./dom.js";
import { card, className, emit, givenName, need, on, ownDecision, state } from "./state.js";

let shownRow = null;

/// The classes on the keys 1 to 9: all of them, in their order, where there are few; else the likeliest of the sample.
export function candidates(sample) {
  const { classes } = state.about;
  if (classes.length <= 10) {
    const named = classes.every((name) => /^[0-9]$/.test(name));
    return classes.map((name, label) => ({ key: named ? name : String((label + 1) % 10), label }));
  }
  const likely = state.blind ? [...sample.candidates].sort((a, b) => a - b) : sample.candidates;
  return likely.slice(0, 9).map((label, at) => ({ key: String(at + 1), label }));
}

export function draw() {
  $("samples").hidden = state.single || state.slice.count === 0;
  $("single").hidden = !state.single || state.slice.count === 0;
  if (!state.single) return (shownRow = null);
  const sample = card(state.current);
  if (!sample) return void need(state.current, state.current + 1);
  const panel = $("single");
  panel.classList.toggle("zoomed", state.zoomed);
  if (shownRow !== sample.row || !panel.firstChild) {
    const picture = element("div", { class: "media", tabindex: "0", role: "group", "aria-label": "Picture of the sample" }, media(sample, true));
    panel.replaceChildren(picture, element("div", { class: "about" }));
    shownRow = sample.row;
  }
  panel.querySelector(".about").replaceChildren(...about(sample));
}

function about(sample) {
  const own = ownDecision(sample);
  const given = element("b", { dir: "auto" }, givenName(sample));
  const suggested = element("b", { class: "suggested", dir: "auto" }, className(sample.suggested));
  const told = !state.blind && sample.suggested !== sample.given;
  const heading = sample.given === null ? [element("b", { class: "nothing" }, "No label")] : ["Given ", given];
  if (told) heading.push(", suggested ", suggested);
  const parts = [element("p", { class: "verdict" }, ...heading)];
  if (own) parts.push(element("p", { class: `decision ${own.decision}` }, `You: ${decisionText(own)} · ${sample.waiting ? "not saved yet" : "saved"}`));
  parts.push(choices(sample), list(sample));
  return parts;
}

function choices(sample) {
  const button = ({ key, label }) => {
    const chosen = ownDecision(sample)?.label === label;
    const properties = { type: "button", "aria-pressed": String(chosen), on: { click: () => decideClass(label) } };
    const role = label === sample.given ? "given" : label === sample.suggested && !state.blind ? "suggested" : null;
    const name = key === className(label) ? null : element("span", { dir: "auto", title: className(label) }, className(label));
    return element("button", properties, element("kbd", {}, key), name, role && element("small", {}, role));
  };
  const long = candidates(sample).some(({ label }) => className(label).length > 14);
  return element("div", { class: long ? "candidates long" : "candidates", role: "group", "aria-label": "Labels" }, ...candidates(sample).map(button));
}

function list(sample) {
  const entries = [["Sample", `#${sample.row}`]];
  if (sample.id) entries.push(["Id", sample.id]);
  if (!state.blind) {
    if (sample.quality !== null) entries.push(["Label quality", `${sample.quality.toFixed(4)} (0 is most suspect)`], ["Rank", `${count(sample.rank + 1)} of ${count(state.about.samples - state.about.unlabelled)}`]);
    if (sample.confidence !== null) entries.push(["Confidence", `${sample.confidence.toFixed(4)} (of the suggestion, at most 1)`]);
    for (const other of sample.state.decisions) if (other.reviewer !== state.reviewer) entries.push([other.reviewer, decisionText(other)]);
  }
  for (const note of sample.state.notes) entries.push(["Note", note]);
  if (sample.state.tags.length > 0) entries.push(["Tags", sample.state.tags.join(", ")]);
  entries.push(...Object.entries(sample.columns));
  return element("dl", {}, ...entries.flatMap(([name, value]) => [element("dt", {}, name), element("dd", { dir: "auto" }, value)]));
}

export function setSingle(single) {
  state.single = single;
  shownRow = null;
  draw();
  emit("view");
}

export function start() {
  for (const what of ["current", "cards", "decided", "outbox", "slice"]) on(what, draw);
}
