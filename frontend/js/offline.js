// Whether the server answers. Nothing is asked while all goes well; after a failure a small HEAD is
// sent until it answers again, and then "house:back" tells whoever waits.

const FIRST_MS = 2000;
const LONGEST_MS = 30_000;
let timer = 0;
let pause = FIRST_MS;

const signs = () => document.querySelectorAll("[data-offline]");

/** Say that a request met no answer, and ask until there is one. */
export function lost() {
  for (const sign of signs()) sign.hidden = false;
  if (timer) return;
  pause = FIRST_MS;
  timer = setTimeout(ask, pause);
}

/** Say that the server answered. */
export function found() {
  const waited = timer !== 0;
  clearTimeout(timer);
  timer = 0;
  for (const sign of signs()) sign.hidden = true;
  if (waited) document.dispatchEvent(new CustomEvent("house:back"));
}

async function ask() {
  try {
    await fetch(document.querySelector("[data-offline]")?.dataset.offline || "/health", { method: "HEAD", cache: "no-store" });
    found();
  } catch {
    pause = Math.min(pause * 1.5, LONGEST_MS);
    timer = setTimeout(ask, pause);
  }
}

addEventListener("offline", lost);
addEventListener("online", () => {
  if (!timer) return;
  clearTimeout(timer);
  timer = setTimeout(ask, 0);
});
