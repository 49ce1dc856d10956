// Sending one file: its bytes are the body of a PUT, so that the server hashes, encrypts and stores them
// in the one pass in which they arrive. XMLHttpRequest, since fetch tells nothing of what it has sent.

import { token } from "./notices.js";
import { say } from "./words.js";

/** Why a file was not received. `kind` says what can be done: connection, session, file or answer. */
export class NotReceived extends Error {
  constructor(kind, message, advice = "") {
    super(message);
    this.kind = kind;
    this.advice = advice;
  }
}

/**
 * Send a file and return what the server says of it: { reference, sha256, size, media_type, same_bytes, url }.
 * `progress(sent)` is called with the bytes sent so far. `started(request)` gets the request, to abort it.
 */
export function send(url, { file, path }, { progress, started }) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.responseType = "text";
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("X-File-Name", encodeURIComponent(path.toWellFormed?.() ?? path));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => {
      try {
        done(answer(request));
      } catch (error) {
        failed(error);
      }
    };
    request.onerror = async () => failed(await reason(url, file));
    request.onabort = () => failed(new NotReceived("abort", ""));
    started(request);
    request.send(file);
  });
}

/**
 * Return why a request broke: the file, the server (which reads no body that it refuses, so that its answer
 * is lost with the connection), or the connection.
 */
async function reason(url, file) {
  if (!(await readable(file))) return new NotReceived("file", say("uploadUnreadable"));
  try {
    const answer = await fetch(`${url}/may?size=${file.size}`, { headers: { Accept: "application/json" } });
    if (answer.status === 401) return new NotReceived("session", say("signedOut"));
    const said = answer.ok ? {} : await answer.json();
    if (said.error) return new NotReceived("answer", said.error, said.advice);
  } catch {
    // The server does not answer either.
  }
  return new NotReceived("connection", say("uploadNoConnection"));
}

/** Say whether a file can still be read: a browser tells a lost file and a lost connection alike. */
async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

function answer(request) {
  let said = null;
  try {
    said = JSON.parse(request.responseText);
  } catch {
    // Not JSON: the page of the sign-in, or of a server in between.
  }
  if (request.status >= 200 && request.status < 300 && said?.reference) return said;
  if (request.status === 401 || (request.status === 200 && !said)) throw new NotReceived("session", say("signedOut"));
  if (said?.error) throw new NotReceived(request.status === 403 ? "session" : "answer", said.error, said.advice);
  if (request.status === 403) throw new NotReceived("session", say("forbidden"));
  if (request.status === 413) throw new NotReceived("answer", say("uploadTooLarge"));
  throw new NotReceived("answer", say("uploadRefused", { status: request.status }));
}
