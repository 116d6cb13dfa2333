// What may lock the keys of a device: six or more digits that are not easy to guess, or a passphrase.

import { COMMON } from "./common_pins.js";

const FEWEST_DIGITS = 6;
const FEWEST_LETTERS = 12;

const isDay = (day, month) => month >= 1 && month <= 12 && day >= 1 && day <= new Date(2000, month, 0).getDate();
const isYear = (year) => year >= 1900 && year <= 2099;

/** Whether digits can be read as a date, in any order, with two or four digits for the year. */
function isDate(pin) {
  const [a, b, c] = [0, 2, 4].map((start) => Number(pin.slice(start, start + 2)));
  if (pin.length === 6) return isDay(a, b) || isDay(b, a) || isDay(c, b);
  if (pin.length !== 8) return false;
  const [first, last] = [Number(pin.slice(0, 4)), Number(pin.slice(4))];
  const d = Number(pin.slice(6));
  return (isYear(last) && (isDay(a, b) || isDay(b, a))) || (isYear(first) && (isDay(d, c) || isDay(c, d)));
}

/** One digit again and again, or each one more or one less than the one before. */
function isRun(pin) {
  const steps = new Set([...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10));
  return steps.size === 1 && [0, 1, 9].includes([...steps][0]);
}

/** The name of what is wrong with a PIN or passphrase; empty where nothing is. */
export function whatIsWrong(pin) {
  if (!pin) return "pin_empty";
  if (/^\d+$/.test(pin)) {
    if (pin.length < FEWEST_DIGITS) return "pin_short";
    if (COMMON.has(pin) || isRun(pin)) return "pin_common";
    return isDate(pin) ? "pin_date" : "";
  }
  if ([...pin].length < FEWEST_LETTERS) return "phrase_short";
  return new Set(pin).size < 5 ? "pin_common" : "";
}
