// A button that prints the page. Without script the browser's own menu does it.

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});
