// Which samples are shown, and in which order.

import { change } from "./api.js";
import { $, element, notice } from "./dom.js";
import { remember } from "./settings.js";
import { emit, on, show, state } from "./state.js";

const LISTED = 2000;
const WHERE = { queue: "", teaching: "", all: "", unlabelled: "unlabelled", decided: "decided", disputed: "disputed", similar: "" };

export const quoted = (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

function query() {
  const parts = [WHERE[$("preset").value]];
  for (const field of ["given", "suggested"]) if ($(field).value) parts.push(`${field} = ${quoted($(field).value)}`);
  const own = $("query").value.trim();
  if (own) parts.push(parts.some(Boolean) ? `(${own})` : own);
  return parts.filter(Boolean).join(" and ");
}

/// Asks for the samples that the form describes.
export async function load() {
  const preset = $("preset").value;
  const special = ["queue", "teaching", "similar"].includes(preset);
  const sorted = $("order").value;
  const order = special && (sorted === "most-suspect" || preset !== "queue") ? preset : sorted;
  const flagged = preset === "queue" && order !== "queue" ? "flagged" : "";
  const text = [flagged, query()].filter(Boolean).join(" and ");
  const hide = $("hide-decided").checked && !["decided", "disputed"].includes(preset);
  try {
    const slice = await change("slice", { query: text, order, undecided_by: hide ? state.reviewer : null });
    $("query-error").textContent = "";
    show(slice);
  } catch (error) {
    $("query-error").textContent = error.message;
    $("filter").open = true;
  }
}

export function showPair(given, suggested) {
  $("given").value = state.about.classes[given];
  $("suggested").value = state.about.classes[suggested];
  load();
}

async function searchSimilar() {
  notice("similar", "Searching similar samples …");
  try {
    await change("similar", { like: [...state.examples.like], unlike: [...state.examples.unlike] });
    const option = $("preset").querySelector('[value="similar"]');
    option.hidden = false;
    option.textContent = `Similar to ${state.examples.like.size} examples`;
    $("preset").value = "similar";
    $("hide-decided").checked = false;
    await load();
    notice("similar", "");
  } catch (error) {
    notice("similar", error.message);
  }
}

function clear() {
  for (const field of ["given", "suggested", "query"]) $(field).value = "";
  $("preset").value = "queue";
  $("order").value = "most-suspect";
  $("hide-decided").checked = true;
  load();
}

export function start() {
  const { classes, learns, unlabelled } = state.about;
  $("class-names").append(...classes.slice(0, LISTED).map((name) => element("option", { value: name })));
  $("preset").querySelector('[value="teaching"]').hidden = !learns;
  $("preset").querySelector('[value="unlabelled"]').hidden = unlabelled === 0;
  $("size").value = state.size;
  $("filter-form").addEventListener("submit", (event) => {
    event.preventDefault();
    load();
  });
  for (const field of ["preset", "order", "given", "suggested", "hide-decided"]) $(field).addEventListener("change", load);
  $("query").addEventListener("change", load);
  $("clear").addEventListener("click", clear);
  $("size").addEventListener("input", (event) => {
    state.size = Number(event.target.value);
    remember({ size: state.size });
    emit("current");
  });
  on("similar", searchSimilar);
  on("slice-again", load);
}
