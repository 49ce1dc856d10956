// htmx: what it may do, the token it sends, what is said when a request fails.

import htmx from "htmx.org/dist/htmx.esm.js";
import { notice, token } from "./notices.js";
import { lost } from "./offline.js";
import { say } from "./words.js";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0, // nothing of a page is kept in the browser: going back asks the server
  refreshOnHistoryMiss: true,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "409", swap: true }, // a conflict and a form that was refused come back as pages
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token();
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const words = { 401: "signedOut", 403: "forbidden" }[status] ?? "failed";
  notice(status === 401 ? "warn" : "danger", say(words, { status }));
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, () => lost());
