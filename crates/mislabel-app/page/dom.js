// Elements made without markup: text is always text, whatever labels hold.

export const $ = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "on") for (const [event, handle] of Object.entries(value)) made.addEventListener(event, handle);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

export function notice(id, text) {
  const old = document.getElementById(`notice-${id}`);
  if (!text) return old?.remove();
  if (old) old.textContent = text;
  else $("notices").append(element("p", { id: `notice-${id}` }, text));
}

export const percent = (share) => `${Math.round(100 * share)}%`;
export const count = (number) => number.toLocaleString("en-US");
