// Fills the parts that stand in the page as templates. Text goes in as text; markup is never made from it.

import { dayOf, timeOf } from "./when.js";

const root = document.getElementById("messages");
const sentences = new Map(
  [...document.getElementById("words").content.querySelectorAll("[data-word]")]
    .map((each) => [each.dataset.word, each.textContent]),
);

/** A sentence of the page with its places filled. */
export function words(name, values = {}) {
  const text = sentences.get(name) ?? sentences.get("refused");
  return text.replace(/%\((\w+)\)s/g, (_all, key) => values[key] ?? "");
}

export const hasWords = (name) => sentences.has(name);

/** A copy of a part. */
export const part = (name) => document.getElementById(name).content.cloneNode(true).firstElementChild;

/** Put text into every place of a part that has this name. */
export function fill(element, values) {
  for (const [name, text] of Object.entries(values)) {
    for (const place of element.querySelectorAll(`[data-fill="${name}"]`)) place.textContent = text;
  }
}

/** Show the places of a part that are there for a reason, or hide them. */
export function showIf(element, reasons) {
  for (const [name, is] of Object.entries(reasons)) {
    for (const place of element.querySelectorAll(`[data-if="${name}"]`)) place.hidden = !is;
  }
}

/** Take the place of whatever stood on the page; the heading gets the focus unless a field does. */
export function show(name, values = {}) {
  const screen = part(`screen-${name}`);
  fill(screen, values);
  root.replaceChildren(screen);
  const heading = screen.querySelector("h1");
  if (show.moved) {
    heading?.focus({ preventScroll: true });
    scrollTo(0, 0); // from its top, as a new page
  }
  show.moved = true; // the first screen of a page leaves the focus where a new page has it
  return screen;
}

export function press(element, name, act) {
  for (const button of element.querySelectorAll(`[data-do="${name}"]`)) button.addEventListener("click", act);
}

// --- What went wrong --------------------------------------------------------------------------------

export function say(screen, text, { asksProof = false } = {}) {
  const alert = screen.querySelector("[data-alert]");
  if (!alert) return;
  alert.hidden = !text;
  alert.querySelector("[data-alert-words]").textContent = text;
  alert.querySelector("[data-alert-proof]").hidden = !asksProof;
}

/** Say above a screen why not. A server that cheats is not a thing to be said and gone on from: that is thrown. */
export function sayWhy(screen, error) {
  if (error.code === "hostile") throw error;
  say(screen, sayingOf(error), { asksProof: error.code === "fresh_proof" });
}

/** The sentence for a refusal. */
export function sayingOf(error) {
  const { tries_left: left, wait_until: until } = error.body ?? {};
  if (["wrong", "wait"].includes(error.code)) {
    const waits = until && new Date(until) > new Date();
    return words(waits ? "wait" : "wrong", { left, time: until ? timeOf(until) : "" });
  }
  if (hasWords(error.code)) return words(error.code);
  return error.body?.detail ?? words(error.code ? "refused" : "broken");
}

/** Say it at a field, or take it away with an empty text. */
export function sayAt(form, name, text) {
  const field = form.querySelector(`[data-field="${name}"]`);
  const error = field.querySelector("[data-error]");
  error.hidden = !text;
  error.querySelector("[data-error-words]").textContent = text;
  field.classList.toggle("is-wrong", Boolean(text));
  const control = field.querySelector("input, textarea, select");
  if (text) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  return control;
}

/**
 * A form that is looked at, then acted upon. `look` gives the names of what is wrong by field; `act` may throw a
 * Refusal, which is said at the field that `at` names for its code, or above the form. Nothing typed is lost.
 */
export function onSubmit(screen, look, act, at = {}) {
  const form = screen.querySelector("[data-form]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector('[type="submit"]');
    if (button.getAttribute("aria-disabled") === "true") return;
    const given = Object.fromEntries(new FormData(form));
    const wrong = Object.entries(look(given));
    say(screen, "");
    for (const [name, word] of wrong) sayAt(form, name, word && words(word));
    const [first] = wrong.find(([, word]) => word) ?? [];
    if (first) {
      form.elements[first].focus();
      return;
    }
    button.setAttribute("aria-disabled", "true");
    try {
      await act(given, form);
    } catch (error) {
      if (at[error.code]) sayAt(form, at[error.code], sayingOf(error)).focus();
      else sayWhy(screen, error);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
  return form;
}

/** Names joined as a language joins them. */
export const together = (names) => new Intl.ListFormat(document.documentElement.lang).format(names);

export { dayOf, root, timeOf };
