// What script says. The layout gives the words of the person's language as data of one element,
// <template id="words" data-kept="збережено о {time}">; these are the English ones it falls back to.

const ENGLISH = {
  // drafts
  keeping: "keeping…",
  kept: "kept at {time}",
  notKept: "not kept: no connection",
  notKeptSignedOut: "not kept: you are signed out. Sign in in another tab, then type on.",
  notKeptRefused: "not kept: the server refused it ({status})",
  // revealed words, copies, requests
  faded: "hidden again",
  copied: "copied",
  notCopied: "This browser does not allow copying: select the text instead.",
  signedOut: "You are signed out. Sign in in another tab, then try again.",
  forbidden: "You may not do that, or the page is too old. Load it again.",
  failed: "That did not work ({status}). Nothing was changed on this page.",
  // taking in
  uploadWaiting: "waiting",
  uploadSending: "{percent} %",
  uploadStoring: "being stored",
  uploadDone: "received",
  uploadFailed: "not received",
  uploadAgain: "Try again",
  uploadAgainAll: "Try the failed ones again",
  uploadSame: "The same bytes are here already: {reference}",
  uploadNoConnection: "The connection was lost. It is tried again when the server answers.",
  uploadFacts: "What the form says could not be kept, so the file was not sent with it. Try again.",
  uploadUnreadable: "The file cannot be read. It may be a folder, or it was moved or changed since it was chosen.",
  uploadRefused: "The server did not take it ({status}).",
  uploadTooLarge: "It is larger than this server takes in at once. Take it in on the command line.",
  uploadMore: "{count} more waiting",
  uploadTotal: "{done} of {count} · {sent} of {size}",
  uploadSpeed: "{speed}/s · {left}",
  uploadFailures: "{count} not received",
  uploadFinished: "{done} received, {failed} not received.",
  uploadListed: "{count} chosen a second time were left out.",
  uploadNothing: "Nothing to take in was found in what was dropped.",
  // time and size
  secondsLeft: "{n} s left",
  minutesLeft: "{n} min left",
  hoursLeft: "{n} h {m} min left",
  units: "B kB MB GB TB",
  // help
  keysTitle: "Keys",
  keysList: "In a list",
  keyDown: "next",
  keyUp: "previous",
  keyMark: "mark",
  keyBulk: "what to do with the marked ones",
  keyOpen: "open",
  keySearch: "search everywhere",
  keyNew: "something new",
  keyHelp: "this help",
  keyEscape: "close",
  close: "Close",
};

/** Return the words called `name` in the language of the page, with {names} filled in. */
export function say(name, values = {}) {
  const words = document.getElementById("words")?.dataset[name] ?? ENGLISH[name];
  return words.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/** Return a size in bytes as a person reads it. */
export function sized(bytes) {
  const units = say("units").split(" ");
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${number(bytes / 1000 ** step, step > 0 && bytes / 1000 ** step < 100 ? 1 : 0)} ${units[step]}`;
}

/** Return a number as the language of the page writes it. */
export function number(value, digits = 0) {
  return value.toLocaleString(document.documentElement.lang || "en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Return how long something still takes, in words. */
export function left(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 90) return say("secondsLeft", { n: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return say("minutesLeft", { n: minutes });
  return say("hoursLeft", { n: Math.floor(minutes / 60), m: minutes % 60 });
}
