// A scale: the number box is the field; a slider joins it and both stay in step. Unanswered shows no number.

/** @param {HTMLElement} scale */
function parts(scale) {
  return { range: scale.querySelector(".scale-range"), number: scale.querySelector(".scale-number") };
}

function show(scale, value) {
  const { range } = parts(scale);
  if (value === "") {
    delete scale.dataset.value;
    range.setAttribute("aria-valuetext", scale.dataset.unanswered);
    return;
  }
  range.value = value;
  scale.dataset.value = range.value;
  range.setAttribute("aria-valuetext", `${range.value} / ${scale.dataset.of}`);
}

function answer(scale) {
  const { range, number } = parts(scale);
  show(scale, range.value);
  if (number.value === range.value) return;
  number.value = range.value;
}

function start(root) {
  for (const scale of root.querySelectorAll("[data-scale]")) {
    const { range, number } = parts(scale);
    range.hidden = false;
    const ticks = scale.querySelector(".scale-ticks");
    if (ticks) ticks.hidden = false;
    show(scale, number.value);
  }
}

document.addEventListener("input", (event) => {
  const scale = event.target.closest?.("[data-scale]");
  if (!scale) return;
  if (event.target.matches(".scale-range")) answer(scale);
  else show(scale, event.target.value);
});

// The middle is where the thumb waits, so choosing it moves nothing: a press there is an answer too.
function choose(event) {
  const scale = event.target.closest?.("[data-scale]");
  if (!scale || !event.target.matches(".scale-range") || scale.dataset.value !== undefined) return;
  if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
  if (event.type === "keydown") event.preventDefault();
  answer(scale);
  parts(scale).number.dispatchEvent(new Event("change", { bubbles: true }));
}
document.addEventListener("click", choose);
document.addEventListener("keydown", choose);

// Whoever listens for a change of the field (saving, conditions) listens to the box, which has the name.
document.addEventListener("change", (event) => {
  const scale = event.target.closest?.("[data-scale]");
  if (scale && event.target.matches(".scale-range")) {
    parts(scale).number.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.detail.elt.parentNode ?? document));
