// What cannot be undone: the button works when the reference was typed. The server asks for it as well.

const same = (one, other) => one.trim().normalize("NFC").toUpperCase() === other.trim().normalize("NFC").toUpperCase();

function check(form) {
  const field = form.querySelector("[data-typed-into]") ?? form.querySelector("input[type=text], input:not([type])");
  if (!field) return;
  const right = same(field.value, form.dataset.typed);
  for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = !right;
}

const checkAll = () => document.querySelectorAll("form[data-typed]").forEach(check);

document.addEventListener("input", (event) => event.target.form?.matches("[data-typed]") && check(event.target.form));
document.addEventListener("htmx:load", checkAll);
addEventListener("pageshow", checkAll);
checkAll();
