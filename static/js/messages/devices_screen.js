// One's devices, one's recovery sheet, and the fingerprint of one's keys.

import { dayYearOf } from "./when.js";
import { sheet } from "./keys_screens.js";
import { fill, part, press, sayWhy, show, words } from "./parts.js";

export function devices(app) {
  const { me } = app;
  const screen = show("devices", { short: me.short ?? "", keys: words(`keys_${me.keys}`) });
  screen.querySelector("[data-list]").append(...me.devices.map((one) => deviceRow(app, screen, one)));
  press(screen, "sheet", async () => {
    try {
      sheet(app, await app.port.ask("newSheet"));
    } catch (error) {
      sayWhy(screen, error);
    }
  });
}

function deviceRow(app, screen, one) {
  const row = part("part-device");
  const since = words("device_since", { day: dayYearOf(one.at) });
  fill(row, { label: one.label, note: one.isHere ? `${words("device_here")}. ${since}` : since });
  press(row, "remove", () => askFirst(app, screen, one));
  return row;
}

function askFirst(app, screen, one) {
  const dialog = part("dialog-remove");
  fill(dialog, { words: words("remove_words", { label: one.label }) });
  screen.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  press(dialog, "keep", () => dialog.close());
  press(dialog, "remove", async () => {
    dialog.close();
    try {
      await app.port.ask("removeDevice", { id: one.id });
      await app.refresh();
      devices(app);
    } catch (error) {
      sayWhy(screen, error);
    }
  });
  dialog.showModal();
}
