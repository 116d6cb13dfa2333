// A page of a form. The server decides what is asked; here questions only appear and go, and the panel with people
// to talk to opens at once when an answer on the page's own list is chosen, before the server has answered.

const form = document.getElementById("questions");
const panel = document.querySelector("[data-help-panel]");

/** Show the questions of these names, hide the others; a hidden one says that it was not seen. */
function show(names) {
  for (const row of form.querySelectorAll("[data-question]")) {
    const seen = names.includes(row.dataset.question);
    if (row.hidden !== seen) continue;
    row.hidden = !seen;
    row.querySelector('input[name="shown"]').disabled = !seen;
  }
}

document.addEventListener("intake:shown", (event) => show(event.detail.names));

/** Tells the server that the person has had the lines in front of them. */
function noteSeen() {
  if (form.elements.help_seen) return;
  const seen = document.createElement("input");
  seen.type = "hidden";
  seen.name = "help_seen";
  seen.value = "1";
  form.append(seen);
}

function watch() {
  if (!panel) return;
  const risky = form.querySelector("input[data-opens-help]:checked");
  panel.hidden = !risky;
  if (risky) noteSeen();
}

form?.addEventListener("change", watch);
watch();

const changed = (field) => field.checked !== field.defaultChecked || field.value !== field.defaultValue;

/** On a slow line somebody answers before the scripts are here: that answer is saved now, it was heard by nobody. */
function saveWhatCameFirst() {
  const typed = [...form.elements].filter((field) => field.matches("input:not([type=hidden]), textarea"));
  if (typed.some(changed)) window.htmx?.trigger(form, "save-again");
}

// htmx begins to listen at the same event, and was loaded before us.
if (form) document.addEventListener("DOMContentLoaded", saveWhatCameFirst);

// The sign-in has ended: stay on the page, hide it, and let the person come back to what they chose (keep_typed.js).
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status !== 401) return;
  event.preventDefault();
  document.dispatchEvent(new Event("visibilitychange"));
});
