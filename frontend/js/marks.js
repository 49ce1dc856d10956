// Marking rows of a list, and the bar that says how many are marked.

/** Bring rows and bar of a list to what its boxes say. */
export function recount(list) {
  const boxes = [...list.querySelectorAll("[data-row] [data-mark]")];
  const marked = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("[data-row]").classList.toggle("is-marked", box.checked);
  const all = list.querySelector("[data-mark-all]");
  if (all) {
    all.hidden = false; // without script it would mark nothing
    all.checked = boxes.length > 0 && marked.length === boxes.length;
    all.indeterminate = marked.length > 0 && !all.checked;
  }
  for (const bar of list.querySelectorAll("[data-bulk]")) bar.hidden = marked.length === 0;
  for (const place of list.querySelectorAll("[data-bulk-count]")) place.textContent = marked.length;
}

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-list]");
  if (!list) return;
  if (event.target.matches("[data-mark-all]")) {
    for (const box of list.querySelectorAll("[data-row] [data-mark]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-mark-all], [data-mark]")) recount(list);
});

const recountAll = () => document.querySelectorAll("[data-list]").forEach(recount);
document.addEventListener("htmx:load", recountAll);
addEventListener("pageshow", recountAll); // the browser puts boxes back as they were
