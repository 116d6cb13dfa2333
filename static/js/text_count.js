// How much room is left in a text box. Nothing is ever cut off: a text that is too long is said, and kept.

const timers = new WeakMap();

function count(field) {
  const box = field.querySelector("textarea");
  const line = field.querySelector("[data-left]");
  if (!box || !line) return;
  // The server counts a line end as one character; so does `value`.
  const left = Number(field.dataset.limit) - [...box.value].length;
  line.textContent = (left < 0 ? line.dataset.over : line.dataset.left).replace("%s", Math.abs(left));
  line.classList.toggle("is-over", left < 0);
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("[data-limit]");
  if (!field) return;
  const line = field.querySelector("[data-left]");
  // Said once somebody pauses, not with every letter.
  line?.setAttribute("aria-live", "polite");
  clearTimeout(timers.get(field));
  timers.set(field, setTimeout(count, 700, field));
});
