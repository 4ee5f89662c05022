// What time is it in the room? The server's clock, shown in the zone of the site.

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const DAY_MINUTES = 24 * 60;

let offset = 0;
let quickest = Infinity;
let clock;
let clockWithHalf;
let hours;

export function useZone(zone) {
  const parts = { hour: "numeric", minute: "2-digit", timeZone: zone };
  clockWithHalf = new Intl.DateTimeFormat("en-US", { ...parts, hour12: true });
  clock = clockWithHalf;
  hours = new Intl.DateTimeFormat("en-GB", { ...parts, hour: "2-digit", hourCycle: "h23" });
}

/** Learn how far this device's clock is off. The quickest answer tells it best; a jump of the clock is always taken. */
export function setClock(serverNow, askedAt, answeredAt) {
  const roundTrip = answeredAt - askedAt;
  const seen = Date.parse(serverNow) - (askedAt + answeredAt) / 2;
  if (roundTrip > quickest && Math.abs(seen - offset) < 2 * SECOND) return;
  quickest = roundTrip;
  offset = seen;
}

export function now() {
  return Date.now() + offset;
}

export function iso(moment) {
  return new Date(moment).toISOString();
}

/** As in 10:42. */
export function hm(moment) {
  return clock.formatToParts(moment).filter((part) => part.type !== "dayPeriod").map((part) => part.value).join("").trim();
}

/** As in 10:42 am. */
export function hmWithHalf(moment) {
  return clockWithHalf.format(moment).toLowerCase().replace(/\s/g, " ");
}

/** As in 1:36, or 1:02:30 from an hour on. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  const [hour, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = String(second).padStart(2, "0");
  return hour ? `${hour}:${String(minute).padStart(2, "0")}:${tail}` : `${minute}:${tail}`;
}

/** As in "1 minute 36 seconds", for those who listen. */
export function spanInWords(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  const [minute, second] = [Math.floor(seconds / 60), seconds % 60];
  return [minute && counted(minute, "minute"), (second || !minute) && counted(second, "second")].filter(Boolean).join(" ");
}

export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

/** The wall clock of the site as a time field wants it: 13:05. */
export function fieldTime(moment) {
  return hours.format(moment);
}

/** The last moment, up to `until`, at which the wall clock of the site showed this time. */
export function lastTimeAt(value, until) {
  const match = /^(\d{2}):(\d{2})/.exec(value);
  if (!match) return null;
  const wanted = Number(match[1]) * 60 + Number(match[2]);
  const [hour, minute] = fieldTime(until).split(":").map(Number);
  const back = (hour * 60 + minute - wanted + DAY_MINUTES) % DAY_MINUTES;
  const found = Math.floor(until / MINUTE) * MINUTE - back * MINUTE;
  const shown = [found, found - HOUR, found + HOUR].find((moment) => fieldTime(moment) === value.slice(0, 5));
  return shown ?? found;
}
