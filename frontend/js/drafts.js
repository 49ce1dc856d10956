// Drafts: a form with data-draft="URL" is kept while somebody types. Its fields go there by PUT, without
// files and secrets; one request at a time, the newest words last; what could not be kept is tried again.

import { holds, isKept } from "./guard.js";
import { token } from "./notices.js";
import { found, lost } from "./offline.js";
import { say } from "./words.js";

const PAUSE_MS = 1000;
const states = new WeakMap();

/** Return what is known of a form's draft. */
function stateOf(form) {
  if (!states.has(form)) states.set(form, { timer: 0, sending: null, again: false, sent: false, lost: false });
  return states.get(form);
}

function tell(form, words, isLost = false) {
  const place = form.querySelector("[data-draft-state]");
  if (!place) return;
  place.textContent = words;
  place.classList.toggle("is-lost", isLost);
}

/** Return the fields of a form as they are sent: no file, no secret, no token. */
function fieldsOf(form) {
  const secret = new Set([...form.elements].filter((field) => field.type === "password").map((field) => field.name));
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "csrf_token" && !secret.has(name)) fields.append(name, value);
  }
  return fields;
}

async function keep(form, { leaving = false } = {}) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = 0;
  if (state.sent || !form.isConnected) return;
  if (state.sending) {
    state.again = true;
    return;
  }
  state.sending = new AbortController();
  state.again = false;
  tell(form, say("keeping"));
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "PUT",
      headers: { "X-CSRFToken": token() },
      body: fieldsOf(form),
      keepalive: leaving,
      redirect: "manual", // to the sign-in: then nothing was kept
      signal: state.sending.signal,
    });
    told(form, answer, state);
  } catch (error) {
    if (error.name !== "AbortError") {
      tell(form, say("notKept"), true);
      state.again = true;
      state.lost = true;
      lost();
    }
  } finally {
    state.sending = null;
  }
  if (state.again && !document.querySelector("[data-offline]:not([hidden])")) schedule(form);
}

function told(form, answer, state) {
  state.lost = !answer.ok;
  if (answer.ok) {
    found();
    if (!state.again) isKept(form);
    const time = new Date().toLocaleTimeString(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit" });
    tell(form, say("kept", { time }));
    return;
  }
  const signedOut = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
  tell(form, signedOut ? say("notKeptSignedOut") : say("notKeptRefused", { status: answer.status }), true);
}

function schedule(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => keep(form), PAUSE_MS);
}

/** Say whether the server has what stands in a form, keeping it now if need be: what follows relies on it. */
export async function keptNow(form) {
  const state = stateOf(form);
  let again = state.lost;
  while (state.timer || state.sending || again) {
    if (state.sending) await new Promise((later) => setTimeout(later, 50));
    else {
      again = false;
      await keep(form);
    }
  }
  return !state.lost;
}

const drafted = () => document.querySelectorAll("form[data-draft]");

for (const change of ["input", "change"]) {
  document.addEventListener(change, (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-draft]")) return;
    stateOf(form).sent = false;
    holds(form);
    if (stateOf(form).sending) stateOf(form).again = true;
    schedule(form);
  });
}

// The server makes a record of the draft: a late PUT must not bring the draft back.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-draft]")) return;
  const state = stateOf(form);
  state.sent = true;
  clearTimeout(state.timer);
  state.sending?.abort();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form[data-draft]");
  if (form && !event.detail.successful) stateOf(form).sent = false;
});

document.addEventListener("house:back", () => {
  for (const form of drafted()) if (stateOf(form).again) keep(form);
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  for (const form of drafted()) if (stateOf(form).timer && !stateOf(form).sending) keep(form, { leaving: true });
});
