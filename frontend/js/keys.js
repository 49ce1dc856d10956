// Keys: j k x b Enter in a list, / and n everywhere, ? for help. <html data-keys="off"> switches them off
// for those whom single keys get in the way of (speech input), as WCAG 2.1.4 asks.

import { recount } from "./marks.js";
import { make } from "./notices.js";
import { say } from "./words.js";

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

/** Return the key that was meant: on a Cyrillic or Georgian keyboard the letter at its place. */
function meant(event) {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  if (event.key.length === 1 && /\p{L}/u.test(event.key)) return /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase() ?? "";
  return event.key;
}

/** Return the list that the keys move in: the one where the focus is, or else the first one shown. */
function currentList() {
  const lists = [...document.querySelectorAll("[data-list]")].filter((list) => list.getClientRects().length > 0);
  return lists.find((list) => list.contains(document.activeElement)) ?? lists[0];
}

const currentRow = (list) => list?.querySelector("[data-row].is-at");

/** Go to a row: the focus goes to its link, so that Enter opens it and a reader of the screen says it. */
function goTo(list, row) {
  for (const other of list.querySelectorAll(".is-at")) other.classList.remove("is-at");
  row.classList.add("is-at");
  row.querySelector("[data-open]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const list = currentList();
  if (!list) return false;
  const rows = [...list.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length > 0);
  if (rows.length === 0) return false;
  const at = rows.indexOf(currentRow(list));
  goTo(list, rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))]);
  return true;
}

function mark() {
  const list = currentList();
  const box = currentRow(list)?.querySelector("[data-mark]");
  if (!box) return false;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  recount(list);
  return true;
}

/** Go to what can be done to the marked rows. */
function act() {
  const button = currentList()?.querySelector("[data-bulk]:not([hidden]) button");
  button?.focus();
  return Boolean(button);
}

function open() {
  if (document.activeElement !== document.body && document.activeElement?.id !== "main") return false;
  const link = currentRow(currentList())?.querySelector("[data-open]");
  link?.click();
  return Boolean(link);
}

function search() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select?.();
  return Boolean(field);
}

function begin() {
  const place = document.querySelector("[data-new]");
  if (place instanceof HTMLDetailsElement) {
    place.open = true;
    place.querySelector("a[href], button")?.focus();
  } else place?.click();
  return Boolean(place);
}

/** Show what keys there are; the layout may bring a dialog of its own, <dialog data-help>. */
function help() {
  let dialog = document.querySelector("dialog[data-help]");
  if (!dialog) {
    dialog = make("dialog");
    dialog.dataset.help = "";
    dialog.setAttribute("aria-labelledby", "keys-title");
    const title = make("h2", "", say("keysTitle"));
    title.id = "keys-title";
    const rows = [["j", "keyDown"], ["k", "keyUp"], ["x", "keyMark"], ["b", "keyBulk"], ["Enter", "keyOpen"], ["/", "keySearch"], ["n", "keyNew"], ["?", "keyHelp"], ["Esc", "keyEscape"]];
    const list = make("dl", "keys");
    for (const [key, words] of rows) list.append(make("dt", "", make("kbd", "", key)), make("dd", "", say(words)));
    const close = make("button", "btn", say("close"));
    close.type = "button";
    close.addEventListener("click", () => dialog.close());
    dialog.append(title, list, make("div", "dialog-acts", close));
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
  return true;
}

const KEYS = { j: () => move(1), k: () => move(-1), x: mark, b: act, Enter: open, "/": search, n: begin, "?": help };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.documentElement.dataset.keys === "off") return;
  if (event.target.closest?.("dialog[open]")) return;
  if (event.target.matches?.(TYPING)) {
    if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
    return;
  }
  if (KEYS[meant(event)]?.()) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-list] [data-row]");
  if (!row || row.classList.contains("is-at")) return;
  for (const other of row.closest("[data-list]").querySelectorAll(".is-at")) other.classList.remove("is-at");
  row.classList.add("is-at");
});
