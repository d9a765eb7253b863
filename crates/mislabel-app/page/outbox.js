// Changes on their way to the server. Each lies in the storage of the browser until the server says that it is on the disk:
// a change survives a server that is stopped, a disk that is full, and a page that is closed. The name of the operation makes
// sending it twice harmless.

import { Refused, ask, change } from "./api.js";
import { notice } from "./dom.js";
import { cardsOf, emit, settle, state } from "./state.js";

const PREFIX = "mislabel.op.";
const LONGEST_WAIT = 4000;

let queue = [];
let sending = false;
let wait = 250;
let last = 0;

function operation() {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/// Takes up what an earlier page could not send.
export function takeUp() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const items = keys.map((key) => JSON.parse(localStorage.getItem(key)));
  queue = items.filter((item) => item.data === state.about.data).sort((a, b) => a.at - b.at);
  if (queue.length > 0) pump();
}

export function send(name, body) {
  const op = operation();
  // Two changes in one millisecond keep their order.
  last = Math.max(Date.now(), last + 0.001);
  const item = { name, at: last, data: state.about.data, body: { op, reviewer: state.reviewer, ...body } };
  localStorage.setItem(PREFIX + op, JSON.stringify(item));
  queue.push(item);
  pump();
  return op;
}

export const waiting = () => queue.length;

async function pump() {
  if (sending) return;
  sending = true;
  emit("outbox");
  while (queue.length > 0) {
    const item = queue[0];
    try {
      const { seq, states } = await change(item.name, item.body);
      done(item);
      settle(states ?? [], seq);
      if (wait > 250) await reconnected();
      wait = 250;
      notice("outbox", "");
    } catch (error) {
      if (isFinal(error)) {
        done(item);
        notice("refused", `A decision was not saved: ${error.message}`);
        emit("refused", item);
        continue;
      }
      notice("outbox", `${queue.length} not saved yet: ${reason(error)} They are kept in this browser and sent again by themselves.`);
      emit("outbox");
      await new Promise((resume) => setTimeout(resume, wait));
      wait = Math.min(2 * wait, LONGEST_WAIT);
    }
  }
  sending = false;
  emit("outbox");
}

function done(item) {
  queue = queue.filter((other) => other !== item);
  localStorage.removeItem(PREFIX + item.body.op);
  for (const sample of cardsOf(item.body.rows ?? [item.body.row])) {
    if (sample.waiting === item.body.op) sample.waiting = null;
  }
  emit("outbox");
}

/// Whether sending again cannot help.
const isFinal = (error) => error instanceof Refused && ![403, 408, 413, 500, 503, 507].includes(error.status);

function reason(error) {
  if (!(error instanceof Refused)) return "the server does not answer.";
  if (error.status === 403) return "the server was started anew; open the link that it printed.";
  return `${error.message}.`;
}

/// A server that was started again gives pictures under another address.
async function reconnected() {
  const about = await ask("about");
  state.about.image_token = about.image_token;
  emit("slice-again");
}

export async function follow() {
  if (document.hidden || sending) return;
  try {
    const { seq, states } = await ask("changes", { since: state.seq });
    if (seq > state.seq) states ? settle(states, seq) : emit("slice-again");
    state.seq = Math.max(state.seq, seq);
    notice("server", "");
  } catch (error) {
    if (!(error instanceof Refused)) notice("server", "The server does not answer. Decisions are kept in this browser until it does.");
  }
}
