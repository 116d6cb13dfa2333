// The calendar by keyboard: one stop for Tab, arrow keys between what stands on it, and letters that
// only count while the focus is inside (WCAG 2.1.4). Without script every entry is a stop of its own.

const calendar = document.querySelector("[data-calendar]");

function entries() {
  return [...calendar.querySelectorAll(".cal-entries a")].filter((each) => each.offsetParent !== null);
}

function rest(on) {
  entries().forEach((each) => { each.tabIndex = each === on ? 0 : -1; });
}

// The nearest entry in that direction: the same column first, else the nearest row of the next one.
function nearest(from, key) {
  const here = from.getBoundingClientRect();
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
  let best = null;
  let least = Infinity;
  for (const each of entries()) {
    if (each === from) continue;
    const there = each.getBoundingClientRect();
    const across = there.left - here.left;
    const down = there.top - here.top;
    if (sideways ? across * sign < 2 : down * sign < 2 || Math.abs(across) > here.width / 2) continue;
    const far = sideways ? Math.abs(across) * 1000 + Math.abs(down) : Math.abs(down);
    if (far < least) [best, least] = [each, far];
  }
  return best;
}

function press(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const from = event.target.closest?.(".cal-entries a");
  if (event.key.startsWith("Arrow") && from) {
    const to = nearest(from, event.key);
    event.preventDefault();
    if (to) { rest(to); to.focus(); to.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  } else if (event.key === "t" && calendar.dataset.today) {
    location.assign(calendar.dataset.today);
  } else if (event.key === "n" && calendar.dataset.book) {
    const free = from?.closest(".cal-free") ? from.href : calendar.dataset.book;
    location.assign(free);
  }
}

if (calendar) {
  // Begin at what comes next; a free time is always ahead, and a week that is over begins at its top.
  const all = entries();
  const now = all.find((each) => each.closest("[data-next]"))
    ?? all.find((each) => each.closest(".cal-free")) ?? all[0];
  if (now) rest(now);
  calendar.addEventListener("keydown", press);
  calendar.addEventListener("focusin", (event) => {
    const entry = event.target.closest?.(".cal-entries a");
    if (entry) rest(entry);
  });
}
