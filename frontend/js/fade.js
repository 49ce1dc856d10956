// Revealed words go again after the seconds of data-fade, and at once when the page is left: the page
// that the browser keeps for "back" shall not hold a name.

import { announce } from "./notices.js";
import { say } from "./words.js";

const due = new WeakMap();

function hide(element) {
  if (!element.hasAttribute("data-fade")) return;
  element.removeAttribute("data-fade");
  element.classList.remove("is-fading");
  element.replaceChildren(say("faded"));
  announce(say("faded"));
}

function check() {
  for (const element of document.querySelectorAll("[data-fade]")) {
    if (!due.has(element)) due.set(element, Date.now() + 1000 * Number(element.dataset.fade || 60));
    const leftMs = due.get(element) - Date.now();
    element.classList.toggle("is-fading", leftMs < 700);
    if (leftMs <= 0) hide(element);
  }
}

check();
setInterval(check, 250);
document.addEventListener("htmx:load", check);
document.addEventListener("visibilitychange", check);
addEventListener("pagehide", () => document.querySelectorAll("[data-fade]").forEach(hide));
