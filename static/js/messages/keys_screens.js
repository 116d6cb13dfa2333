// Making keys, opening them with a PIN, and getting them back with the recovery sheet.

import { onSubmit, press, sayAt, sayingOf, show, showIf, words } from "./parts.js";
import { whatIsWrong } from "./pins.js";
import { dayYearOf } from "./when.js";

const PIN_AT = { wrong: "pin", wait: "pin", cannot_open: "pin" };
const CODE_AT = { code_shape: "code", code_wrong: "code", no_sheet: "code" };

function lookAtNewPin({ pin, again, label }) {
  const wrong = whatIsWrong(pin);
  return { pin: wrong, again: !wrong && pin !== again ? "pin_again" : "", label: label.trim() ? "" : "label_empty" };
}

const isPhone = () => navigator.userAgentData?.mobile ?? /Mobi|Android|iPhone/.test(navigator.userAgent);

function nameDevice(screen) {
  screen.querySelector("#label").value = words(isPhone() ? "phone" : "computer");
}

const asGiven = ({ pin, label }) => ({ pin: pin.normalize("NFC"), label: label.trim() });

/** @param {{port: object, opened: () => void}} app */
export function make(app, { replace = false } = {}) {
  const screen = show("make");
  showIf(screen, { replace });
  nameDevice(screen);
  onSubmit(screen, lookAtNewPin, async (given) => {
    sheet(app, await app.port.ask("makeKeys", { ...asGiven(given), replace }));
  });
}

export function sheet(app, code) {
  const screen = show("sheet", { code: code.replace(/-/g, " "), day: dayYearOf(Date.now()) });
  press(screen, "kept", () => app.opened());
}

export function recover(app) {
  const screen = show("recover", { why: words("recover_why") });
  nameDevice(screen);
  const look = (given) => ({ code: given.code.trim() ? "" : "code_empty", ...lookAtNewPin(given) });
  onSubmit(screen, look, async (given) => {
    await app.port.ask("addDevice", { ...asGiven(given), code: given.code });
    app.opened();
  }, CODE_AT);
  press(screen, "replace", () => make(app, { replace: true }));
}

/** Ask for the PIN; says first how long to wait, where one has to. */
export async function unlock(app, why = "pin_why") {
  const tries = await app.port.ask("tries");
  if (tries.destroyed) {
    recover(app);
    return;
  }
  const screen = show("pin", { why: words(why) });
  const look = ({ pin }) => ({ pin: pin ? "" : "pin_empty" });
  const form = onSubmit(screen, look, async ({ pin }, form) => {
    try {
      await app.port.ask("unlock", { pin: pin.normalize("NFC") });
    } catch (error) {
      if (error.code === "wrong") form.elements.pin.value = "";
      throw error;
    }
    app.opened();
  }, PIN_AT);
  if (tries.wait_until && new Date(tries.wait_until) > new Date()) {
    sayAt(form, "pin", sayingOf({ code: "wait", body: tries }));
  }
  if (why !== "pin_why") form.elements.pin.focus();
  press(screen, "recover", () => recover(app));
}

