// The page begins here.

import { ask } from "./api.js";
import { openReviewer, start as startDialogs } from "./dialogs.js";
import { $, notice } from "./dom.js";
import { load, start as startFilters } from "./filters.js";
import { goTo, start as startGrid } from "./grid.js";
import { start as startKeys } from "./keys.js";
import { follow, takeUp } from "./outbox.js";
import { start as startPanel } from "./panel.js";
import { applyTheme, remember, settings } from "./settings.js";
import { start as startSingle } from "./single.js";
import { emit, on, state } from "./state.js";

const FOLLOW = 1200;
const THEMES = ["system", "light", "dark"];

function theme() {
  const next = THEMES[(THEMES.indexOf(settings.theme) + 1) % THEMES.length];
  remember({ theme: next });
  applyTheme();
  $("theme").textContent = `Theme: ${next}`;
}

function reviewer(name) {
  if (!name) return;
  state.reviewer = name;
  remember({ reviewer: name });
  $("reviewer").textContent = `Reviewer: ${name}`;
  $("reviewer").title = name;
  load();
}

async function begin() {
  state.about = await ask("about");
  state.reviewer = settings.reviewer ?? state.about.reviewer;
  state.blind = state.about.blind;
  $("reviewer").textContent = `Reviewer: ${state.reviewer}`;
  $("theme").textContent = `Theme: ${settings.theme}`;
  state.about.notices.forEach((text, at) => notice(`start-${at}`, text));
  // A narrow window begins with the samples.
  if (matchMedia("(max-width: 52rem)").matches) for (const part of document.querySelectorAll("aside details")) part.open = false;
  for (const start of [startDialogs, startFilters, startGrid, startSingle, startPanel, startKeys]) start();
  $("reviewer").addEventListener("click", openReviewer);
  $("theme").addEventListener("click", theme);
  on("reviewer", reviewer);
  on("failed", (error) => (error.status === 410 ? load() : notice("server", error.message)));
  on("refused", load);
  emit("view");
  await load();
  takeUp();
  setInterval(follow, FOLLOW);
  $("samples").focus({ preventScroll: true });
  document.documentElement.dataset.ready = "yes";
}

// What tests look at.
window.mislabel = { state, goTo };

begin().catch((error) => {
  const expired = error.status === 403;
  notice("start", expired ? "This link has expired. Open the link that the program printed when it started." : `The page cannot start: ${error.message}`);
});
