// Can this number be, is it likely, does it need somebody? Told while typing; the server judges again.

const RATE = "rate_ml_h"; // a pump that runs at nothing is paused, not running

/** "reject" cannot be true, "ask" is unlikely, "alert" is true and worrying; each with a sentence. */
export function judge(field, text, limits) {
  const limit = limits[field];
  const value = Number(text);
  if (!isPlainNumber(text)) return { level: "reject", sentence: `${limit.label} must be a plain number.` };
  if (isOutside(value, limit.reject) || (value === 0 && field === RATE)) {
    return { level: "reject", sentence: `${limit.label} must be ${span(limit)}. Check the reading and re-enter it.` };
  }
  const places = /\.(\d+)$/.exec(text)?.[1].length ?? 0;
  if (places > limit.decimals) {
    return { level: "reject", sentence: `${limit.label} takes ${limit.decimals ? "one decimal" : "a whole number"}. Re-enter it.` };
  }
  if (isOutside(value, limit.alert)) {
    const [low, high] = limit.alert;
    const side = low !== null && value < Number(low) ? `below ${plain(low)}` : `above ${plain(high)}`;
    return { level: "alert", sentence: `${limit.label} ${said(text, limit)} is ${side}. Tell the prescriber.` };
  }
  if (isOutside(value, limit.confirm)) return { level: "ask", sentence: `${limit.label} ${said(text, limit)} is unusual. Check it.` };
  return null;
}

/** Both pressures together; `base` is the systolic and diastolic value before the start, or null. */
export function judgePressure(systolic, diastolic, { limits, rise }, base) {
  const pulse = Number(systolic) - Number(diastolic);
  if (pulse <= 0) return { level: "reject", sentence: `${systolic}/${diastolic} cannot be: the lower pressure must be below the upper one.` };
  const up = [
    ["Systolic", Number(systolic), base.systolic, Number(rise.systolic_mmhg)],
    ["Diastolic", Number(diastolic), base.diastolic, Number(rise.diastolic_mmhg)],
  ].find(([, value, before, most]) => before !== null && value - before >= most);
  if (up) return { level: "alert", sentence: `${up[0]} up ${round(up[1] - up[2])} from baseline ${round(up[2])}.` };
  if (isOutside(pulse, limits.pulse_pressure_mmhg.confirm)) {
    return { level: "ask", sentence: `${systolic}/${diastolic} leaves a pulse pressure of ${round(pulse)}, which is unusual. Check it.` };
  }
  return null;
}

/** Could one more digit still be meant? When not, the next field takes over. */
export function isComplete(text, limit) {
  if (!isPlainNumber(text) || Number(text) < Number(limit.reject[0])) return false;
  if (text.includes(".")) return text.split(".")[1].length >= limit.decimals;
  return Number(`${text}0`) > Number(limit.reject[1]);
}

export function isPlainNumber(text) {
  return /^\d{1,4}(\.\d+)?$/.test(text);
}

function isOutside(value, [low, high]) {
  return (low !== null && value < Number(low)) || (high !== null && value > Number(high));
}

function span({ reject: [low, high], unit }) {
  return `from ${plain(low)} to ${plain(high)} ${unit}`.trim();
}

function plain(limit) {
  return String(Number(limit));
}

function said(text, limit) {
  return `${text} ${limit.unit}`.trim();
}

function round(value) {
  return Math.round(value * 10) / 10;
}
