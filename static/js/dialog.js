// A link with data-opens="id" opens that dialog; without script the link leads to a page that asks the same.

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog?.showModal || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.showModal();
});

// A press beside the dialog closes it: nothing has happened yet.
document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0) event.target.close();
  }
  if (event.target.closest?.("[data-closes]")) {
    event.preventDefault();
    event.target.closest("dialog")?.close();
  }
});
