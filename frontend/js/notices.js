// Saying something: as a notice that stays until it is closed, or to readers of the screen alone.

import { say } from "./words.js";

/** Make an element: name, class, text or children. */
export function make(name, className = "", ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Show a notice; the same words are not shown twice. `kind` is good, warn or danger. */
export function notice(kind, text) {
  let place = document.querySelector(".notices");
  if (!place) {
    place = make("div", "notices");
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  if ([...place.children].some((shown) => shown.dataset.text === text)) return;
  const close = make("button", "btn-plain", "×");
  close.type = "button";
  close.setAttribute("aria-label", say("close"));
  const shown = make("div", `notice notice-${kind}`, make("p", "", text), close);
  shown.dataset.text = text;
  close.addEventListener("click", () => shown.remove());
  place.append(shown);
  if (kind === "good") setTimeout(() => shown.remove(), 6000);
}

/** Tell readers of the screen something that others see by itself. */
export function announce(text) {
  let place = document.getElementById("said");
  if (!place) {
    place = make("p", "visually-hidden");
    place.id = "said";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = "";
  setTimeout(() => (place.textContent = text), 50);
}

/** Return the token that every changing request carries. */
export function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}
