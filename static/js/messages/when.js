// Days and times where the practice is, written as the rest of the page writes them.

const { zone: timeZone } = document.getElementById("messages").dataset;
const locale = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const times = new Intl.DateTimeFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const days = new Intl.DateTimeFormat(locale, { timeZone, weekday: "long", day: "numeric", month: "long" });
const years = new Intl.DateTimeFormat(locale, { timeZone, day: "numeric", month: "long", year: "numeric" });
const keys = new Intl.DateTimeFormat("sv", { timeZone });

export const timeOf = (at) => times.format(new Date(at));
export const dayYearOf = (at) => years.format(new Date(at));
export const keyOf = (at) => keys.format(new Date(at));

/** "Friday 20 November", with its year when that is another one. */
export function dayOf(at) {
  const isThisYear = new Date(at).getFullYear() === new Date().getFullYear();
  return (isThisYear ? days.format(new Date(at)).replace(",", "") : dayYearOf(at));
}
