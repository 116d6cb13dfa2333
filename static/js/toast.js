// A toast stays until it is closed, or ten seconds after nobody points at it or stands in it.

const STAYS_MS = 10000;

function start(toast) {
  const close = toast.querySelector("[data-toast-close]");
  if (close) close.hidden = false;
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), STAYS_MS);
  };
  const hold = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  wait();
  // A live region that is there from the start is not read out: put its words in again.
  const words = toast.querySelector("span");
  const text = words?.textContent;
  if (words) setTimeout(() => { words.textContent = ""; words.textContent = text; }, 150);
}

document.addEventListener("click", (event) => {
  const toast = event.target.closest?.("[data-toast-close]")?.closest("[data-toast]");
  if (!toast) return;
  toast.remove();
  document.getElementById("main")?.focus();
});

document.querySelectorAll("[data-toast]").forEach(start);
