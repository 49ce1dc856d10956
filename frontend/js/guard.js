// Words that were typed and are nowhere else are not left without a question.

const unsaved = new WeakSet();
const guarded = () => [...document.querySelectorAll("form[data-guard]")];

/** Remember that a form holds words that are nowhere else. */
export const holds = (form) => unsaved.add(form);

/** Remember that the words of a form are kept. */
export const isKept = (form) => unsaved.delete(form);

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-guard]")) holds(form);
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) isKept(event.target);
});

addEventListener("beforeunload", (event) => {
  if (guarded().some((form) => unsaved.has(form))) event.preventDefault();
});
