// A sample as a card, and the parts of it that the single view shows, too.

import { element, svg } from "./dom.js";
import { className, givenName, ownDecision, state } from "./state.js";

const NAMES = { keep: "✓ keep", relabel: "→", unsure: "? unsure", exclude: "✕ exclude" };

export const pictureUrl = (row, full) => `/img/${state.about.image_token}/${row}${full ? "?full=1" : ""}`;

export function media(sample, full = false) {
  if (state.about.media === "image") return picture(sample, full);
  if (sample.numbers) return bars(sample.numbers);
  if (sample.text !== null && sample.text !== undefined) return element("div", { class: "text", dir: "auto" }, sample.text);
  return element("div", { class: "missing", dir: "auto" }, sample.id ?? `sample ${sample.row}`);
}

function picture(sample, full) {
  const image = element("img", { alt: full ? `Sample ${sample.row}` : "", decoding: "async", loading: full ? "eager" : "lazy", draggable: "false" });
  image.addEventListener("load", () => image.classList.toggle("tiny", image.naturalWidth <= 64 && image.naturalHeight <= 64));
  image.addEventListener("error", () => missing(image, sample.row));
  image.src = pictureUrl(sample.row, full);
  return image;
}

async function missing(image, row) {
  const answer = await fetch(pictureUrl(row, false)).catch(() => null);
  const body = await answer?.json().catch(() => null);
  image.replaceWith(element("div", { class: "missing" }, `No picture: ${body?.error ?? "the browser cannot show the file"}`));
}

function bars(numbers) {
  const [low, high] = [Math.min(0, ...numbers), Math.max(0, ...numbers)];
  const scale = 60 / (high - low || 1);
  const bar = (value, at) => svg("rect", { x: at, width: 0.8, y: (high - Math.max(0, value)) * scale, height: Math.max(0.2, Math.abs(value) * scale) });
  const drawn = svg("svg", { viewBox: `0 0 ${numbers.length} 60`, preserveAspectRatio: "none", role: "img" }, ...numbers.map(bar));
  drawn.setAttribute("aria-label", `${numbers.length} numbers from ${low} to ${high}`);
  return drawn;
}

/// The given label and the suggested one, a line each: long names stay apart.
export function labels(sample) {
  const line = (said, mark, label, kind) => {
    const name = element("b", { class: kind, dir: "auto", title: label }, label);
    return element("div", { class: "labels" }, said && element("span", { class: "unseen" }, said), mark && element("span", { "aria-hidden": "true" }, mark), name);
  };
  const given = sample.given === null ? line(null, null, givenName(sample), "nothing") : line("given ", null, givenName(sample), null);
  const same = state.blind || sample.suggested === sample.given;
  return [given, same ? element("div", { class: "labels" }, "\u00a0") : line(", suggested ", "→ ", className(sample.suggested), "suggested")];
}

export function decisionText({ decision, label }) {
  return decision === "relabel" ? `${NAMES.relabel} ${className(label)}` : NAMES[decision];
}

/// The quality of the label, or how sure the suggestion is where there is no label.
function measure({ quality, confidence }) {
  if (quality !== null) return [`quality ${quality.toFixed(3)}`];
  return confidence === null ? [] : [`${(100 * confidence).toFixed(0)}% sure`];
}

/// The own decision; where there is none, what is known of the sample, and what others decided unless suggestions are hidden.
export function lastLine(sample) {
  const own = ownDecision(sample);
  if (own) {
    const kind = `decision ${own.decision}${sample.waiting ? " waiting" : ""}`;
    return element("div", { class: kind, dir: "auto" }, `${sample.waiting ? "not saved yet" : "saved"} · ${decisionText(own)}`);
  }
  const others = state.blind ? [] : sample.state.decisions.map((other) => `${other.reviewer}: ${decisionText(other)}`);
  const marks = [...sample.state.tags.map((tag) => `#${tag}`), ...(sample.state.notes.length > 0 ? ["✎ note"] : [])];
  const quality = state.blind ? [] : measure(sample);
  return element("div", { class: "facts", dir: "auto" }, [...others, ...marks, `#${sample.row}`, ...quality].join(" · "));
}

export function cardElement(sample, place) {
  return element(
    "div",
    { class: "card", role: "option", id: `card-${place}`, "data-place": place, "data-row": sample?.row },
    element("div", { class: "media" }, sample ? media(sample) : null),
    element("div", { class: "caption" }),
  );
}

export function update(drawn, sample, place) {
  const selected = state.selected.has(sample.row);
  drawn.classList.toggle("current", place === state.current);
  drawn.classList.toggle("selected", selected);
  drawn.setAttribute("aria-selected", String(selected));
  drawn.setAttribute("aria-setsize", state.slice.count);
  drawn.setAttribute("aria-posinset", place + 1);
  drawn.removeAttribute("aria-label");
  drawn.querySelector(".tick")?.remove();
  if (selected) drawn.append(element("div", { class: "tick", "aria-hidden": "true" }, "✓"));
  drawn
    .querySelector(".caption")
    .replaceChildren(...labels(sample), lastLine(sample));
}
