// What does each part of the graph look like? Shapes tell the signs apart: bars BP, dot HR, open ring SpO₂, square RR.

import { MINUTE, hm, span } from "./time.js";
import { bar, block, clip, disc, fitting, joined, line, lozenge, octagon, outlined, slashed, square, write } from "./pen.js";
import { gradeWord, termWord } from "./words.js";
import { latest } from "./model.js";

const BOTTOM_OF_PRESSURE = "diastolic_mmhg";
const ON_TOP = 17;
const WORDS_GAP = 9;
const LATEST_GAP = 25;
const MARK_GAP = 11; // the width of a mark with a hair of paper beside it
const EVENT_MARK = 6;
const SEVERE = 3;
const MARKED = new Set(["event", "comfort", "pause", "help"]);

/**
 * Every value is drawn as a line; marks that would touch are thinned. The latest keeps its mark, then those that asked
 * for somebody, then the newer before the older. How many are marked is said, so that nothing is hidden silently.
 */
export function drawSigns(brush, frame) {
  const { view: { readings }, colors: { series, page, ink, ink2, font }, x, y, area } = frame;
  line(brush, area.left, area.bottom, area.right, area.bottom, ink, 2);
  brush.save();
  clip(brush, area.left, 0, area.width, area.bottom + 2);
  for (const [field, color] of [["heart_rate_bpm", series[1]], ["spo2_percent", series[2]], ["respiratory_rate_bpm", series[3]]]) {
    joined(brush, readings.filter((one) => has(one, field)).map((one) => [x(one.at), y(Number(one.data[field]))]), color);
  }
  brush.restore();
  brush.save();
  clip(brush, area.left - 8, 0, area.width + 16, area.bottom + 2); // half a mark stands beyond the axis
  const inside = readings.filter((one) => x(one.at) >= area.left - 8 && x(one.at) <= area.right + 8);
  const shown = thinned(inside, x, MARK_GAP);
  for (const reading of inside) {
    if (!shown.has(reading) && has(reading, "systolic_mmhg")) line(brush, x(reading.at), y(Number(reading.data.systolic_mmhg)), x(reading.at), y(Number(reading.data[BOTTOM_OF_PRESSURE])), series[0], 0.75);
  }
  const places = [...shown].map((one) => x(one.at)).toSorted((one, other) => one - other);
  const gaps = places.slice(1).map((at, place) => at - places[place]).filter((gap) => gap > 0);
  const reach = Math.max(2, Math.min(7, 0.4 * Math.min(...gaps, 99)));
  for (const reading of shown) {
    const at = x(reading.at);
    if (has(reading, "systolic_mmhg")) bar(brush, at, reach, y(Number(reading.data.systolic_mmhg)), y(Number(reading.data[BOTTOM_OF_PRESSURE])), series[0]);
    if (has(reading, "heart_rate_bpm")) disc(brush, at, y(Number(reading.data.heart_rate_bpm)), 5, series[1], page, 1.5);
    if (has(reading, "spo2_percent")) disc(brush, at, y(Number(reading.data.spo2_percent)), 4.5, page, series[2], 2);
    if (has(reading, "respiratory_rate_bpm")) square(brush, at, y(Number(reading.data.respiratory_rate_bpm)), series[3], page);
  }
  brush.restore();
  if (shown.size === inside.length) return;
  brush.font = font(12);
  outlined(brush, frame.isNarrow ? `${shown.size} of ${inside.length} marked` : `${shown.size} of ${inside.length} readings have a mark`, area.left + 6, area.top + 14, ink2, page);
}

/** Which readings keep their mark so that no two stand closer than `gap`. */
function thinned(readings, x, gap) {
  const shown = new Map();
  const inOrder = readings.toReversed();
  const first = inOrder.slice(0, 1);
  for (const reading of [...first, ...inOrder.filter((one) => one.to_confirm), ...inOrder]) {
    const column = Math.floor(x(reading.at) / gap);
    const near = [column - 1, column, column + 1].flatMap((place) => shown.get(place) ?? []);
    if (near.some((one) => one === reading || Math.abs(x(one.at) - x(reading.at)) < gap)) continue;
    shown.set(column, [...(shown.get(column) ?? []), reading]);
  }
  return new Set([...shown.values()].flat());
}

/** The latest values in large type right of now, moved apart where they would meet. */
export function drawLatest(brush, { view, now, colors, x, y, area, isNarrow }) {
  if (view.dischargedAt !== null) return;
  const { readings } = view;
  const pressure = readings.findLast((one) => has(one, "systolic_mmhg"));
  const labels = [];
  if (pressure) {
    const { systolic_mmhg: systolic, diastolic_mmhg: diastolic } = pressure.data;
    labels.push({ y: y(Number(systolic)), text: `BP ${Number(systolic)}/${Number(diastolic)}`, units: [`mmHg at ${hm(pressure.at)}`, `at ${hm(pressure.at)}`], color: colors.series[0] });
  }
  for (const [field, name, unit, place] of [["spo2_percent", "SpO₂", "%", 2], ["heart_rate_bpm", "HR", "/min", 1], ["respiratory_rate_bpm", "RR", "/min", 3]]) {
    const found = latest(readings, field);
    if (found) labels.push({ y: y(found.value), text: `${name} ${found.value}`, units: [unit], color: colors.series[place] });
  }
  const left = Math.max(x(now), area.left) + 12;
  for (const one of apart(labels, area)) {
    brush.font = colors.font(isNarrow ? 15 : 17, 600);
    outlined(brush, one.text, left, one.y + 6, one.color, colors.page);
    const width = brush.measureText(one.text).width;
    brush.font = colors.font(13);
    const unit = one.units.find((words) => left + width + 5 + brush.measureText(words).width <= area.right + 14);
    if (unit) outlined(brush, unit, left + width + 5, one.y + 6, one.color, colors.page);
  }
}

export function drawNow(brush, { now, colors, x, area }, bottom) {
  const at = x(now);
  if (at < area.left || at > area.right) return;
  line(brush, at, 27, at, bottom, colors.now, 2);
  brush.font = colors.font(12, 600);
  const text = hm(now);
  const width = brush.measureText(text).width + 12;
  brush.fillStyle = colors.now;
  brush.beginPath();
  brush.roundRect(at - width / 2, 7, width, 20, 2);
  brush.fill();
  write(brush, text, at, 21.5, colors.page, "center");
}

/** What is due or late before what was missed, and that before what is still to come; a sign that would touch another is left to the list. */
export function drawDue(brush, { view, now, colors, x, area }) {
  brush.font = colors.font(12);
  write(brush, "Due", area.left - 8, 21, colors.ink2, "right");
  const taken = [];
  const place = (rows, half, draw) => {
    for (const row of rows) {
      const at = x(row.at);
      if (at < area.left || at > area.right) continue;
      const stands = half > 6 ? clearOfNow(at, x(now)) : at;
      if (taken.some(([from, to]) => stands + half > from && stands - half < to)) continue;
      taken.push([stands - half, stands + half]);
      draw(stands, row);
    }
  };
  const inState = (...states) => view.due.filter((row) => states.includes(row.state));
  place(inState("late", "escalate").toReversed(), 10, (at) => octagon(brush, at, ON_TOP, 9, colors.late));
  place(inState("due").toReversed(), 10, (at) => lozenge(brush, at, ON_TOP, 9, colors.due, colors.dueEdge));
  place(inState("skipped", "missed").toReversed(), 5.5, (at) => slashed(brush, at, ON_TOP, colors));
  place(inState("upcoming"), 5.5, (at) => disc(brush, at, ON_TOP, 4, colors.page, colors.edge, 1.5));
}

/** The rate as it ran, what is planned, and how long the person is watched afterwards. */
export function drawRate(brush, { view, now, colors, x, area, isNarrow }, top) {
  const { infusion } = view;
  brush.font = colors.font(12);
  write(brush, "mL/h", area.left - 8, top + 18, colors.ink2, "right");
  brush.save();
  clip(brush, area.left, top - 2, area.width, 30);
  for (const one of infusion.segments) {
    const [from, to] = [x(one.start), x(Math.max(one.start, one.end ?? now))];
    block(brush, from, top, to - from, colors);
    brush.font = colors.font(14, 600);
    if (to - from > brush.measureText(String(one.rate)).width + 12) write(brush, String(one.rate), Math.max(from, area.left) + 8, top + 18, colors.ink);
  }
  if (infusion.state === "paused") line(brush, x(infusion.pausedAt), top + 26, x(now), top + 26, colors.axis, 1);
  drawRest(brush, { view, now, colors, x, area, isNarrow }, top);
  brush.restore();
}

function drawRest(brush, { view, now, colors, x, area, isNarrow }, top) {
  const { infusion, due } = view;
  const end = infusion.stoppedAt ?? infusion.endsAt;
  brush.font = colors.font(14);
  if (infusion.state === "running" && end > now) {
    const [from, to] = [x(now), x(end)];
    brush.save();
    brush.setLineDash([3, 3]);
    brush.strokeStyle = colors.edge;
    brush.lineWidth = 1.25;
    brush.strokeRect(from, top, to - from, 26);
    brush.restore();
    fitting(brush, [`planned to ${hm(end)}`, `to ${hm(end)}`], from + 8, top + 18, Math.min(to, area.right) - from - 12, colors.ink2);
  }
  const watched = due.findLast((row) => row.kind === "recovery");
  if (end === null || !watched || view.dischargedAt !== null) return;
  const from = Math.max(x(Math.max(end, infusion.stoppedAt ? now : end)), area.left) + 7;
  const minutes = Math.round((watched.at - end) / MINUTE);
  const words = isNarrow ? [`watched to ${hm(watched.at)}`] : [`then ${minutes} min watched, to ${hm(watched.at)}`, `watched to ${hm(watched.at)}`];
  fitting(brush, words, from, top + 18, area.right - from, colors.ink2);
}

/**
 * Each event has its mark; its words stand left of it in the first row that is free, help and severe events first,
 * then the newer before the older. A mark without room is counted beside the lane; with one row only the last has words.
 */
export function drawEvents(brush, frame, top) {
  const { view, now, colors, lanes, x, area } = frame;
  const events = view.entries.filter((entry) => !entry.retracted && MARKED.has(entry.kind));
  const isSingle = lanes.eventRows === 1;
  const rows = Array.from({ length: lanes.eventRows }, () => []);
  const free = (from, to) => rows.findIndex((taken) => taken.every(([left, right]) => to < left || from > right));
  const inside = events.toReversed().filter((entry) => x(entry.at) >= area.left - 1 && x(entry.at) <= area.right);
  let hidden = 0;
  brush.font = colors.font(14);
  for (const entry of [...inside.filter(isGrave), ...inside.filter((one) => !isGrave(one))]) {
    const at = x(entry.at);
    const { words, left, row: spoken } = isSingle ? { row: -1 } : placed(brush, entry, view, at, area, free);
    const row = spoken >= 0 ? spoken : free(at - EVENT_MARK, at + EVENT_MARK);
    if (row < 0) {
      hidden += 1;
      continue;
    }
    const y = top + row * 18 + 9;
    const tone = isGrave(entry) ? colors.late : colors.ink;
    lozenge(brush, at, y, 5, tone, tone);
    if (spoken >= 0) write(brush, words, at - WORDS_GAP, y + 4.5, colors.ink, "right");
    rows[row].push([spoken >= 0 ? left - 6 : at - EVENT_MARK, at + EVENT_MARK]);
  }
  brush.font = colors.font(12);
  if (inside.length) write(brush, "Events", area.left - 8, top + 13.5, colors.ink2, "right");
  if (hidden) write(brush, `+${hidden}`, isSingle ? area.left + 2 : area.left - 8, top + (isSingle ? 27 : 31.5), colors.ink2, isSingle ? "left" : "right");
  brush.font = colors.font(14);
  const last = events.at(-1);
  const from = Math.max(x(now), area.left) + 12;
  if (isSingle && last) fitting(brush, [`${eventWords(last, view)} ${hm(last.at)}`, eventWords(last, view)], from, top + 13.5, area.right - from, colors.ink);
}

/** In full, or in the word that counts, where there is room for it. */
function placed(brush, entry, view, at, area, free) {
  const full = eventWords(entry, view);
  for (const words of [full, full.split(",")[0]]) {
    const left = at - WORDS_GAP - brush.measureText(words).width;
    const row = left > area.left ? free(left - 6, at + EVENT_MARK) : -1;
    if (row >= 0) return { words, left, row };
  }
  return { row: -1 };
}

function isGrave(entry) {
  return entry.kind === "help" || (entry.kind === "event" && Number(entry.data.grade) >= SEVERE);
}

function eventWords(entry, view) {
  if (entry.kind === "event") return `${termWord(entry.data.term)}, ${gradeWord(entry.data.grade)}`;
  if (entry.kind === "comfort") return entry.data.chip;
  if (entry.kind === "help") return "Help called";
  const resumed = view.infusion.segments.find((one) => one.start >= entry.at)?.start ?? view.infusion.stoppedAt;
  return ["Paused", resumed === null ? "" : ` ${span(resumed - entry.at)}`, entry.data.reason ? `, ${entry.data.reason}` : ""].join("");
}

/** The numbers themselves, each column one reading; where readings stand close, the newer are written. */
export function drawValues(brush, { view, colors, x, area }, top, height) {
  const rows = [
    ["BP", (data) => (data.systolic_mmhg === null || data.systolic_mmhg === undefined ? null : `${Number(data.systolic_mmhg)}/${Number(data.diastolic_mmhg)}`)],
    ...[["HR", "heart_rate_bpm"], ["SpO₂", "spo2_percent"], ["RR", "respiratory_rate_bpm"], ["MOAA/S", "moaas"]].map(
      ([name, field]) => [name, (data) => (data[field] === null || data[field] === undefined ? null : String(Number(data[field])))],
    ),
  ];
  line(brush, area.left, top - 4, area.right, top - 4, colors.axis, 1);
  brush.font = colors.font(12);
  rows.forEach(([name], place) => write(brush, name, area.left - 6, top + 14 + place * height, colors.ink2, "right"));
  // A pressure is the widest; a little smaller, it stands under readings ten minutes apart.
  const fonts = rows.map(([name]) => colors.font(name === "BP" ? 12 : 14));
  const width = (text, place) => {
    brush.font = fonts[place];
    return text === null ? 0 : brush.measureText(text).width;
  };
  let free = Infinity;
  for (const reading of view.readings.toReversed()) {
    const texts = rows.map(([, say]) => say(reading.data));
    const at = x(reading.at);
    const half = Math.max(...texts.map(width)) / 2;
    if (half === 0 || at - half < area.left - 4 || at + half > area.right + 14 || at + half > free) continue;
    texts.forEach((text, place) => {
      brush.font = fonts[place];
      if (text !== null) write(brush, text, at, top + 14 + place * height, colors.ink, "center");
    });
    free = at - half - 3;
  }
}

function has(reading, field) {
  return reading.data[field] !== null && reading.data[field] !== undefined;
}

function apart(labels, area) {
  const sorted = labels.toSorted((one, other) => one.y - other.y);
  let least = area.top + 8;
  for (const one of sorted) {
    one.y = Math.max(one.y, least);
    least = one.y + LATEST_GAP;
  }
  let most = area.bottom - 8;
  for (const one of sorted.toReversed()) {
    one.y = Math.min(one.y, most);
    most = one.y - LATEST_GAP;
  }
  return sorted;
}

function clearOfNow(at, now) {
  return Math.abs(at - now) < 32 ? now - 32 : at;
}
