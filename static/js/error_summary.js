// The error summary takes focus, also when htmx brings it, and the title says that there is something to look at.

function focusSummary(root) {
  const summary = root.querySelector?.("[data-error-summary]");
  if (!summary) return;
  summary.focus();
  const first = summary.querySelector("h2")?.textContent;
  if (first && !document.title.startsWith(first)) document.title = `${first} ${document.title}`;
}

// A link to a field leads to its label as well, so that the question is in view and not only the box.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error-summary] a[href^='#']");
  const control = link && document.getElementById(link.hash.slice(1));
  if (!control) return;
  event.preventDefault();
  (control.closest(".field") ?? control).scrollIntoView({ block: "start" });
  control.focus({ preventScroll: true });
});

focusSummary(document);
document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.detail.elt.parentNode ?? document));
