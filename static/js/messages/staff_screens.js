// The clinician's list of threads, and the manager's page of keys.

import {
  dayOf, fill, onSubmit, part, press, sayWhy, show, showIf, timeOf, words,
} from "./parts.js";

const initialsOf = (name) => {
  const names = name.split(/\s+/).filter(Boolean);
  return [names[0], ...names.slice(1).slice(-1)].map((each) => each?.[0] ?? "").join("").toUpperCase();
};

function noteOf(one) {
  if (one.state !== "ready" && !one.last_at) return words("note_waiting");
  if (!one.last_at) return words("note_none");
  return words("note_last", { name: one.last_sender?.display_name, time: `${dayOf(one.last_at)} ${timeOf(one.last_at)}` });
}

function threadRow(app, one) {
  const row = part("part-thread");
  const { display_name: name } = one.patient;
  fill(row, { name, note: noteOf(one), initials: initialsOf(name) });
  row.querySelector("[data-link]").href = app.addressOf(one.id);
  if (one.unread) row.querySelector("[data-badge]").append(document.getElementById("badge-unread").content.cloneNode(true));
  return row;
}

export async function inbox(app) {
  const screen = show("inbox");
  const list = screen.querySelector("[data-list]");
  let page = 1;
  const more = async () => {
    const { threads, next } = await app.port.ask("threads", { page });
    list.append(...threads.map((one) => threadRow(app, one)));
    page = next;
    showIf(screen, { more: Boolean(next), empty: !list.children.length });
  };
  press(screen, "more", more);
  if (screen.querySelector("[data-form]")) {
    const look = ({ patient }) => ({ patient: patient ? "" : "patient_empty" });
    onSubmit(screen, look, async ({ patient }) => app.go(app.addressOf((await app.port.ask("beginThread", { patient })).id)));
  }
  await more();
}

export async function practice(app) {
  const screen = show("practice", { identity: app.me.identity ?? "" });
  showIf(screen, { identity: app.me.identity, "no-identity": !app.me.identity });
  press(screen, "identity", async () => {
    try {
      await app.port.ask("makeIdentity");
      await app.refresh();
      await practice(app);
    } catch (error) {
      sayWhy(screen, error);
    }
  });
  const look = () => ({});
  const form = onSubmit(screen, look, async () => {
    const lines = new FormData(form).getAll("line");
    const error = form.querySelector("[data-error]");
    error.hidden = lines.length > 0;
    error.querySelector("[data-error-words]").textContent = words("confirm_empty");
    if (!lines.length) {
      form.querySelector("input").focus();
      return;
    }
    const count = await app.port.ask("confirm", { lines });
    const icon = document.getElementById("icon-done").content.cloneNode(true);
    screen.querySelector("[data-done]").replaceChildren(icon, words("confirmed_count", { count }));
    await waiting(app, screen);
  });
  form.addEventListener("change", () => { form.querySelector("[data-error]").hidden = true; });
  if (app.me.identity) await waiting(app, screen);
}

async function waiting(app, screen) {
  const pending = await app.port.ask("pending");
  const rows = pending.map((one, index) => {
    const row = part("part-waiting");
    const note = words(one.isEnd ? "waits_end" : "waits_new", { role: words(`role_${one.role}`), day: dayOf(one.at) });
    fill(row, { name: one.name, note, short: one.short });
    const box = row.querySelector("input");
    box.value = one.line;
    box.id = `line-${index}`;
    row.querySelector("label").htmlFor = box.id;
    return row;
  });
  screen.querySelector("[data-list]").replaceChildren(...rows);
  showIf(screen, { nobody: !rows.length, somebody: rows.length > 0 });
}
