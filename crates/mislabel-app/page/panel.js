// What follows from the decisions so far, and what the view consists of.

import { ask, change, download } from "./api.js";
import { $, count, element, notice, percent, svg } from "./dom.js";
import { load, showPair } from "./filters.js";
import { waiting } from "./outbox.js";
import { className, on, state } from "./state.js";

const CLASSES = 12;
const PAIRS = 12;

let timer = null;

const between = (share) => `${percent(share.share)} (${percent(share.low)} to ${percent(share.high)})`;
const paragraph = (...text) => element("p", {}, ...text);

function standing({ progress, agreement, noise, tags, seq }) {
  state.seq = Math.max(state.seq, seq);
  const { decided, flagged, flagged_decided: done, precision, suggestion, controls } = progress;
  const bar = element("progress", { max: Math.max(flagged, 1), value: done, "aria-label": "Suspects decided" });
  const parts = [bar, paragraph(`${count(done)} of ${count(flagged)} suspects decided. In all ${count(decided)}: ${count(progress.kept)} kept, ${count(progress.relabeled)} changed,${progress.unlabelled > 0 ? ` ${count(progress.labeled)} labeled,` : ""} ${count(progress.unsure)} unsure, ${count(progress.excluded)} excluded.`)];
  if (progress.unlabelled > 0) parts.push(paragraph(`${count(progress.labeled)} of ${count(progress.unlabelled)} samples without a label got one.`));
  if (precision) parts.push(paragraph(`Of the suspects that were checked, ${between(precision)} are wrong.`));
  if (suggestion && !state.blind) parts.push(paragraph(`The suggested label was right for ${percent(suggestion.share)} of the wrong ones.`));
  if (controls) parts.push(paragraph(`Of ${count(controls.of)} control samples, ${between(controls)} are wrong.`));
  if (noise) parts.push(paragraph(`About ${(100 * noise.rate).toFixed(1)}% of all labels are wrong (${(100 * noise.low).toFixed(1)}% to ${(100 * noise.high).toFixed(1)}%).`));
  for (const { one, other, same, kappa } of agreement) {
    parts.push(paragraph(`${one} and ${other} agree on ${percent(same.share)} of ${count(same.of)}${kappa === null ? "" : ` (κ ${kappa.toFixed(2)})`}.`));
  }
  if (tags.length > 0) parts.push(paragraph(`Tags: ${tags.map(([name, size]) => `${name} (${count(size)})`).join(", ")}.`));
  $("tag-names").replaceChildren(...tags.map(([name]) => element("option", { value: name })));
  $("standing").replaceChildren(...parts);
  line(done, flagged);
}

function line(done, flagged) {
  const pending = waiting();
  const saved = pending > 0 ? `${count(pending)} not saved yet` : "all saved";
  $("progress-line").textContent = `${count(done)} of ${count(flagged)} suspects decided · ${state.about.read_only ? "read only" : saved}`;
  $("progress-line").dataset.done = done;
  $("progress-line").dataset.flagged = flagged;
}

function outbox() {
  const { done, flagged } = $("progress-line").dataset;
  if (done !== undefined) line(Number(done), Number(flagged));
}

/// Asks how far the review is, a little after the last decision.
function soon() {
  clearTimeout(timer);
  timer = setTimeout(async () => standing(await ask("standing")), 150);
}

async function slice() {
  const { id, count: samples, query } = state.slice;
  // The page has not asked for samples yet.
  if (id === 0) return;
  const noun = samples === 1 ? "sample" : "samples";
  $("count").textContent = `${count(samples)} ${noun}${query ? ` where ${query}` : ""}`;
  $("empty").hidden = samples > 0;
  $("empty").textContent = "No sample is left in this view. Choose another one under “Show”, or let decided samples be shown.";
  const told = await ask("distribution", { slice: id });
  if (state.slice.id !== id) return;
  $("slice").replaceChildren(...distribution(told));
}

/// How many labels of the view are wrong, as far as anything tells.
function noiseOf({ flagged, expected, decided }) {
  const said = [];
  if (flagged && !state.blind) said.push(`${count(flagged.count)} of ${count(flagged.of)} are suspects.`);
  if (expected !== null && !state.blind) said.push(`About ${count(Math.round(expected))} labels are wrong, by the method.`);
  if (decided) said.push(`Of ${count(decided.of)} that were decided, ${count(decided.count)} are wrong.`);
  return element("p", { class: "small", id: "slice-noise" }, said.join(" "));
}

function distribution({ given, pairs, quality, samples, unlabelled, noise }) {
  if (samples === 0) return [element("p", { class: "small" }, "Nothing.")];
  const without = unlabelled > 0 ? [element("p", { class: "small", id: "slice-unlabelled" }, `${count(unlabelled)} without a label.`)] : [];
  if (samples === unlabelled) return without;
  const classes = given.map((number, label) => [number, label]).filter(([number]) => number > 0).sort((a, b) => b[0] - a[0]);
  const parts = [...without, noiseOf(noise), element("p", { class: "small" }, "Given labels"), bars(classes)];
  if (classes.length > CLASSES) parts.push(element("p", { class: "small" }, `and ${count(classes.length - CLASSES)} more`));
  if (pairs.length > 0 && !state.blind) parts.push(element("p", { class: "small" }, "Given → suggested, most frequent first"), pairList(pairs));
  if (!state.blind) parts.push(element("p", { class: "small" }, "Label quality, from 0 (suspect) to 1"), histogram(quality));
  return parts;
}

function bars(classes) {
  const most = classes[0][0];
  const line = ([number, label]) => {
    const bar = element("div", { class: "bar" });
    bar.style.width = `${(100 * number) / most}%`;
    return [element("div", { class: "name", dir: "auto", title: className(label) }, className(label)), bar, element("div", { class: "number" }, count(number))];
  };
  return element("div", { class: "bars" }, ...classes.slice(0, CLASSES).flatMap(line));
}

/// Two lines where one is too short for both names.
function pair(given, suggested) {
  return element("span", { class: "pair" }, element("bdi", {}, className(given)), element("span", {}, "→ ", element("bdi", {}, className(suggested))));
}

function pairList(pairs) {
  const item = ({ given, suggested, samples }) =>
    element("li", {}, element("button", { type: "button", title: `${className(given)} → ${className(suggested)}`, on: { click: () => showPair(given, suggested) } }, pair(given, suggested), element("span", {}, count(samples))));
  return element("ul", { class: "pairs" }, ...pairs.slice(0, PAIRS).map(item));
}

function histogram(quality) {
  const most = Math.max(...quality);
  const bar = (number, at) => svg("rect", { x: at, width: 0.9, y: 20 - (20 * number) / most, height: (20 * number) / most }, svg("title"));
  const drawn = svg("svg", { viewBox: `0 0 ${quality.length} 20`, preserveAspectRatio: "none", class: "histogram", role: "img" }, ...quality.map(bar));
  drawn.setAttribute("aria-label", `Samples by label quality in ${quality.length} steps from 0 to 1: ${quality.join(", ")}`);
  return drawn;
}

async function again() {
  $("again").disabled = true;
  notice("again", "Judging all labels again …");
  try {
    const { flagged } = await change("again");
    await load();
    soon();
    notice("again", `Done: ${count(flagged)} labels are suspect by your decisions.`);
    setTimeout(() => notice("again", ""), 6000);
  } catch (error) {
    notice("again", error.message);
  }
  $("again").disabled = false;
}

async function save() {
  const url = URL.createObjectURL(await download("verified.csv"));
  element("a", { href: url, download: "verified.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function selection() {
  const { size } = state.selected;
  const place = state.slice.count > 0 ? `${count(state.current + 1)} of ${count(state.slice.count)}` : "";
  $("selection").textContent = size > 0 ? `${count(size)} selected` : place;
}

export function start() {
  $("again").hidden = !state.about.learns;
  $("again").addEventListener("click", again);
  $("download").addEventListener("click", save);
  on("decided", soon);
  on("outbox", outbox);
  on("slice", slice);
  on("view", slice);
  for (const what of ["current", "slice", "decided"]) on(what, selection);
  soon();
}
