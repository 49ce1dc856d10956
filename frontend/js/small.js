// Buttons that do one thing: copy a text, print the page, put the position of a player into a field.

import { announce, notice } from "./notices.js";
import { say } from "./words.js";

/** Copy where the browser has no clipboard for pages without TLS, as in an office network. */
function copyByHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

async function copy(button) {
  const text = button.dataset.copy;
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch {
    done = copyByHand(text);
    button.focus();
  }
  if (!done) return notice("warn", say("notCopied"));
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), 1500);
  announce(say("copied"));
}

/** Return a position in seconds as it is cited: 00:02:14. */
export function timecode(seconds) {
  const whole = Math.floor(seconds);
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

function putPosition(button) {
  const player = document.querySelector(button.dataset.now);
  const name = CSS.escape(button.dataset.into);
  const field = button.form?.querySelector(`[name="${name}"]`) ?? document.querySelector(`[name="${name}"]`);
  if (!player || !field) return;
  field.value = timecode(player.currentTime);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-print], [data-now]");
  if (!button) return;
  if ("copy" in button.dataset) copy(button);
  if ("print" in button.dataset) print();
  if ("now" in button.dataset) putPosition(button);
});
