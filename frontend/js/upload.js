// The island of taking in: many files and folders, two at a time, each with its progress and, once it is
// here, its reference and digest. What failed can be tried again; what waits for the connection goes on by itself.

import { carriesFiles, chosenFrom, dropped } from "./chosen.js";
import { keptNow } from "./drafts.js";
import { announce, make, notice } from "./notices.js";
import { lost } from "./offline.js";
import { NotReceived, send } from "./sending.js";
import { left, number, say, sized } from "./words.js";

const AT_ONCE = 2;
const SHOWN_DONE = 300;
const WINDOW_MS = 8000;
// What breaks again and again is not tried for ever by itself: something on the way does not let it through.
const MOST_TRIES = 5;
const islands = new Map();

class Island {
  constructor(element) {
    this.element = element;
    // What the form around it says of all files has to be there before the first of them.
    this.form = element.closest("form[data-draft]");
    this.list = element.querySelector("[data-upload-list]") ?? element.appendChild(make("ol", "intake"));
    this.items = [];
    this.waiting = [];
    this.known = new Set();
    this.active = 0;
    this.sent = 0;
    this.size = 0;
    this.done = 0;
    this.failed = new Set();
    this.samples = [];
    this.stopped = false;
    this.makeTotal();
    this.listen();
  }

  makeTotal() {
    this.words = make("p");
    this.speed = make("p", "quiet");
    this.bar = make("progress");
    this.bar.max = 1;
    this.failures = make("p", "intake-failures");
    this.again = make("button", "btn btn-sm", say("uploadAgainAll"));
    this.again.type = "button";
    this.again.addEventListener("click", () => this.retry([...this.failed]));
    this.total = make("div", "intake-total", this.words, this.speed, this.bar, this.failures, this.again);
    this.total.hidden = true;
    (this.element.querySelector("[data-upload-total]") ?? this.list).before(this.total);
    this.more = make("p", "quiet");
    this.list.after(this.more);
  }

  listen() {
    const { element } = this;
    for (const asked of element.querySelectorAll("[data-upload-ask]")) asked.hidden = false;
    for (const plain of element.querySelectorAll("[data-upload-plain]")) plain.hidden = true;
    element.addEventListener("change", (event) => {
      if (!event.target.matches("[data-upload-files], [data-upload-folder]")) return;
      const input = event.target;
      this.take(chosenFrom({ files: [...input.files] }));
      input.value = "";
    });
    element.addEventListener("dragover", (event) => carriesFiles(event) && element.classList.add("is-over"));
    element.addEventListener("dragleave", (event) => {
      if (!element.contains(event.relatedTarget)) element.classList.remove("is-over");
    });
    element.addEventListener("drop", (event) => {
      element.classList.remove("is-over");
      if (carriesFiles(event)) this.take(dropped(event.dataTransfer));
    });
  }

  async take(chosen) {
    let twice = 0;
    let found = 0;
    for await (const { file, path } of chosen) {
      found += 1;
      const identity = file && `${path}\n${file.size}\n${file.lastModified}`;
      if (identity && this.known.has(identity)) {
        twice += 1;
        continue;
      }
      this.known.add(identity);
      const item = { file, path, identity, size: file?.size ?? 0, sent: 0 };
      this.items.push(item);
      this.size += item.size;
      if (file) this.waiting.push(item);
      else this.fail(item, new NotReceived("file", say("uploadUnreadable")));
      this.next();
    }
    if (twice > 0) notice("warn", say("uploadListed", { count: twice }));
    if (found === 0) notice("warn", say("uploadNothing"));
    this.show();
  }

  next() {
    while (this.active < AT_ONCE && this.waiting.length > 0 && !this.stopped) this.start(this.waiting.shift());
    this.show();
  }

  async start(item) {
    this.active += 1;
    item.tries = (item.tries ?? 0) + 1;
    this.row(item);
    try {
      if (this.form && !(await keptNow(this.form))) throw new NotReceived("facts", say("uploadFacts"));
      const said = await send(this.element.dataset.upload, item, {
        progress: (sent) => this.progress(item, sent),
        started: (request) => (item.request = request),
      });
      this.finish(item, said);
    } catch (error) {
      if (!(error instanceof NotReceived)) throw error;
      this.fail(item, error);
    } finally {
      item.request = null;
      this.active -= 1;
      this.next();
      if (this.active === 0 && this.waiting.length === 0) this.ended();
    }
  }

  progress(item, sent) {
    this.sent += Math.min(sent, item.size) - item.sent;
    item.sent = Math.min(sent, item.size);
    const whole = item.sent === item.size;
    if (item.size > 0) item.bar.value = item.sent / item.size;
    item.state.textContent = whole ? say("uploadStoring") : say("uploadSending", { percent: Math.floor((100 * item.sent) / item.size) });
    this.show();
  }

  row(item) {
    item.element?.remove();
    item.state = make("p", "intake-state", say("uploadWaiting"));
    item.bar = make("progress");
    item.bar.setAttribute("aria-label", item.path);
    item.more = make("p", "intake-more");
    item.element = make("li", "intake-item", make("p", "intake-name", item.path), item.state, item.bar, item.more);
    this.list.prepend(item.element);
  }

  finish(item, said) {
    this.sent += item.size - item.sent;
    item.sent = item.size;
    this.done += 1;
    item.element.classList.add("is-done");
    item.bar.remove();
    const link = make("a", "ref", said.reference);
    if (said.url?.startsWith("/")) link.href = said.url;
    item.state.replaceChildren(`${say("uploadDone")} · ${sized(said.size ?? item.size)} · `, link);
    const same = [said.same_bytes ?? []].flat().filter((reference) => typeof reference === "string");
    item.more.append("SHA-256 ", make("code", "digest", said.sha256 ?? ""));
    if (same.length > 0) item.more.append(make("br"), say("uploadSame", { reference: same.join(", ") }));
    item.file = null;
    const done = this.list.querySelectorAll(".intake-item.is-done");
    if (done.length > SHOWN_DONE) done[done.length - 1].remove();
  }

  fail(item, error) {
    if (!item.element) this.row(item);
    this.sent -= item.sent;
    item.sent = 0;
    item.error = error;
    this.failed.add(item);
    this.known.delete(item.identity); // choosing it anew is another way of trying again
    item.element.classList.add("is-failed");
    item.bar.remove();
    item.state.textContent = say("uploadFailed");
    item.more.replaceChildren(error.message, error.advice ? ` ${error.advice} ` : " ");
    if (item.file) {
      const again = make("button", "btn btn-sm", say("uploadAgain"));
      again.type = "button";
      again.addEventListener("click", () => this.retry([item]));
      item.more.append(again);
    }
    if (error.kind === "connection") lost();
    if (["connection", "session", "facts"].includes(error.kind)) this.stopped = true;
    if (error.kind === "session") notice("danger", error.message);
    this.show();
  }

  retry(items) {
    this.stopped = false;
    const again = items.filter((item) => this.failed.has(item) && item.file);
    for (const item of again) this.failed.delete(item);
    this.waiting.unshift(...again);
    this.next();
  }

  ended() {
    if (this.stopped) return;
    announce(say("uploadFinished", { done: number(this.done), failed: number(this.failed.size) }));
    for (const after of this.element.querySelectorAll("[data-upload-done]")) after.hidden = this.done === 0;
  }

  show() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.total.hidden = this.items.length === 0;
      this.words.textContent = say("uploadTotal", { done: number(this.done), count: number(this.items.length), sent: sized(this.sent), size: sized(this.size) });
      this.bar.value = this.size > 0 ? this.sent / this.size : Number(this.done === this.items.length);
      this.speed.textContent = this.pace();
      this.failures.textContent = this.failed.size > 0 ? say("uploadFailures", { count: number(this.failed.size) }) : "";
      this.again.hidden = this.active > 0 || ![...this.failed].some((item) => item.file);
      this.more.textContent = this.waiting.length > 0 ? say("uploadMore", { count: number(this.waiting.length) }) : "";
    });
  }

  /** Return speed and time left, over the last seconds. */
  pace() {
    const now = performance.now();
    this.samples.push([now, this.sent]);
    while (this.samples.length > 2 && now - this.samples[0][0] > WINDOW_MS) this.samples.shift();
    const [since, before] = this.samples[0];
    if (this.active === 0 || now - since < 500 || this.sent <= before) return "";
    const perSecond = (1000 * (this.sent - before)) / (now - since);
    return say("uploadSpeed", { speed: sized(perSecond), left: left((this.size - this.sent) / perSecond) });
  }

  /** What waited for the connection goes on. */
  back() {
    const waiting = [...this.failed].filter((item) => ["connection", "facts"].includes(item.error.kind));
    if (this.stopped || waiting.length > 0) this.retry(waiting);
  }
}

function find() {
  for (const element of document.querySelectorAll("[data-upload]")) {
    if (!islands.has(element)) islands.set(element, new Island(element));
  }
}

// A file that misses the zone would replace the page.
for (const event of ["dragover", "drop"]) {
  document.addEventListener(event, (dragged) => islands.size > 0 && carriesFiles(dragged) && dragged.preventDefault());
}
document.addEventListener("house:back", () => islands.forEach((island) => island.back()));
document.addEventListener("htmx:load", find);
addEventListener("beforeunload", (event) => {
  if ([...islands.values()].some((island) => island.active > 0 || island.waiting.length > 0)) event.preventDefault();
});
find();
