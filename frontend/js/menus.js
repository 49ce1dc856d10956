// Menus are <details class="menu">: one open at a time, closed by Escape and by a click elsewhere.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.("details.menu[open]")) return;
    for (const menu of openMenus()) if (menu !== event.target && !menu.contains(event.target)) menu.open = false;
  },
  true, // toggle does not bubble
);

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (event.key === "Escape") {
    for (const one of openMenus()) {
      one.open = false;
      if (one === menu) one.querySelector("summary").focus();
    }
  }
  if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  if (event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  menu.open = true;
  const items = [...menu.querySelectorAll(".menu-items :is(a[href], button, input)")].filter((item) => !item.disabled);
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = items.indexOf(document.activeElement);
  items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length]?.focus();
});
