"use strict";
// Without this script the page says the same; with it, tables sort, the gallery filters, and paper shows what is folded.
const cards = [...document.querySelectorAll("#gallery > .card")];
const form = document.getElementById("filter");
function filter() {
  const wanted = ["given", "suggested"].map((name) => [name, form.elements[name].value]);
  const shown = cards.filter((card) => {
    card.hidden = wanted.some(([name, value]) => value !== "" && card.dataset[name] !== value);
    return !card.hidden;
  });
  document.getElementById("shown").textContent = `${shown.length} shown`;
  document.getElementById("nothing").hidden = shown.length > 0;
}
if (cards.length > 1) {
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  for (const link of document.querySelectorAll("a[data-given]")) {
    link.addEventListener("click", () => {
      for (const name of ["given", "suggested"]) {
        const options = [...form.elements[name].options];
        form.elements[name].value = options.some((option) => option.value === link.dataset[name]) ? link.dataset[name] : "";
      }
      filter();
    });
  }
}
function value(row, column) {
  const cell = row.cells[column];
  const number = cell.dataset.value;
  return number === undefined ? cell.textContent.trim() : number === "" ? -Infinity : Number(number);
}
function sort(table, column, head) {
  const descends = head.getAttribute("aria-sort") !== "descending" && head.classList.contains("n");
  const ascends = head.getAttribute("aria-sort") !== "ascending" && !descends;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", ascends ? "ascending" : "descending");
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, undefined, { numeric: true }));
  const rows = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
  rows.sort((a, b) => (ascends ? compare(a[0], b[0]) : compare(b[0], a[0])));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}
for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (head.hasAttribute("data-fixed")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(table, column, head));
  });
}
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});
