// What this browser remembers: how the page looks, never what was decided.

const KEY = "mislabel.settings";

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export const settings = { theme: "system", singleKeys: true, size: 180, reviewer: null, ...stored() };

export function remember(changes) {
  Object.assign(settings, changes);
  localStorage.setItem(KEY, JSON.stringify(settings));
}

const dark = matchMedia("(prefers-color-scheme: dark)");

export function applyTheme() {
  const theme = settings.theme === "system" ? (dark.matches ? "dark" : "light") : settings.theme;
  document.documentElement.dataset.theme = theme;
}

dark.addEventListener("change", applyTheme);
applyTheme();
