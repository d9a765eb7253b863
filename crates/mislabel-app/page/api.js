// Questions to the server and changes, each with the token of the link that opened the page.

const KEY = "mislabel.token";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// The token moves out of the address at once: nobody reads it over a shoulder or in the history.
const inLink = location.hash.match(/^#t=([0-9a-f]{32})$/);
if (inLink) {
  sessionStorage.setItem(KEY, inLink[1]);
  history.replaceState(null, "", location.pathname);
}

async function request(path, options) {
  const headers = { "X-Mislabel-Token": sessionStorage.getItem(KEY) ?? "", ...options.headers };
  const response = await fetch(path, { ...options, headers, cache: "no-store", credentials: "omit" });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Refused(response.status, body.error ?? `the server answered ${response.status}`);
}

export async function ask(name, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  return (await request(`/api/${name}${query ? `?${query}` : ""}`, {})).json();
}

export async function change(name, body) {
  const headers = { "Content-Type": "application/json" };
  return (await request(`/api/${name}`, { method: "POST", headers, body: JSON.stringify(body ?? null) })).json();
}

export const download = async (name) => (await request(`/api/${name}`, {})).blob();
