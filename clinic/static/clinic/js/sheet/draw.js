// What does each part of the graph look like? Shapes tell the signs apart: bars BP, dot HR, open ring SpO₂, square RR.

import { MINUTE, hm, span } from "./time.js";
import { gradeWord, termWord } from "./words.js";
import { latest } from "./model.js";

const BOTTOM_OF_PRESSURE = "diastolic_mmhg";
const ON_TOP = 17;
const LATE = new Set(["late", "escalate"]);
const WORDS_GAP = 9;
const LATEST_GAP = 25;
const MARKED = new Set(["event", "comfort", "pause", "help"]);

export function drawSigns(brush, frame) {
  const { view: { readings }, colors: { series, page, ink }, x, y, area } = frame;
  line(brush, area.left, area.bottom, area.right, area.bottom, ink, 2);
  brush.save();
  clip(brush, area.left - 8, 0, area.width + 16, area.bottom + 2);
  for (const [field, color] of [["heart_rate_bpm", series[1]], ["spo2_percent", series[2]], ["respiratory_rate_bpm", series[3]]]) {
    joined(brush, readings.filter((one) => has(one, field)).map((one) => [x(one.at), y(Number(one.data[field]))]), color);
  }
  const gaps = readings.slice(1).map((one, place) => x(one.at) - x(readings[place].at)).filter((gap) => gap > 0);
  const reach = Math.max(2, Math.min(7, 0.4 * Math.min(...gaps, 99)));
  for (const reading of readings) {
    const at = x(reading.at);
    if (has(reading, "systolic_mmhg")) bar(brush, at, reach, y(Number(reading.data.systolic_mmhg)), y(Number(reading.data[BOTTOM_OF_PRESSURE])), series[0]);
    if (has(reading, "heart_rate_bpm")) disc(brush, at, y(Number(reading.data.heart_rate_bpm)), 5, series[1], page, 1.5);
    if (has(reading, "spo2_percent")) disc(brush, at, y(Number(reading.data.spo2_percent)), 4.5, page, series[2], 2);
    if (has(reading, "respiratory_rate_bpm")) square(brush, at, y(Number(reading.data.respiratory_rate_bpm)), series[3], page);
  }
  brush.restore();
}

/** The latest values in large type right of now, moved apart where they would meet. */
export function drawLatest(brush, { view, now, colors, x, y, area, isNarrow }) {
  if (view.dischargedAt !== null) return;
  const { readings } = view;
  const pressure = readings.findLast((one) => has(one, "systolic_mmhg"));
  const labels = [];
  if (pressure) {
    const { systolic_mmhg: systolic, diastolic_mmhg: diastolic } = pressure.data;
    labels.push({ y: y(Number(systolic)), text: `BP ${Number(systolic)}/${Number(diastolic)}`, unit: isNarrow ? "" : `mmHg at ${hm(pressure.at)}`, color: colors.series[0] });
  }
  for (const [field, name, unit, place] of [["spo2_percent", "SpO₂", "%", 2], ["heart_rate_bpm", "HR", "/min", 1], ["respiratory_rate_bpm", "RR", "/min", 3]]) {
    const found = latest(readings, field);
    if (found) labels.push({ y: y(found.value), text: `${name} ${found.value}`, unit, color: colors.series[place] });
  }
  const left = Math.max(x(now), area.left) + 12;
  for (const one of apart(labels, area)) {
    brush.font = colors.font(isNarrow ? 15 : 17, 600);
    outlined(brush, one.text, left, one.y + 6, one.color, colors.page);
    const width = brush.measureText(one.text).width;
    brush.font = colors.font(13);
    if (left + width + 5 + brush.measureText(one.unit).width <= area.right + 14) outlined(brush, one.unit, left + width + 5, one.y + 6, one.color, colors.page);
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

export function drawDue(brush, { view, now, colors, x, area }) {
  brush.font = colors.font(12);
  write(brush, "Due", area.left - 8, 21, colors.ink2, "right");
  for (const row of view.due) {
    const at = x(row.at);
    if (at < area.left || at > area.right || row.state === "done") continue;
    if (row.state === "upcoming") disc(brush, at, ON_TOP, 4, colors.page, colors.edge, 1.5);
    else if (row.state === "due") lozenge(brush, clearOfNow(at, x(now)), ON_TOP, 9, colors.due, colors.dueEdge);
    else if (LATE.has(row.state)) octagon(brush, clearOfNow(at, x(now)), ON_TOP, 9, colors.late);
    else slashed(brush, at, colors);
  }
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

/** Each event has its mark; the words stand left of it, in the first row that is free. With one row, only the last has words. */
export function drawEvents(brush, frame, top) {
  const { view, now, colors, lanes, x, area } = frame;
  const taken = Array.from({ length: lanes.eventRows }, () => area.left - 48);
  const events = view.entries.filter((entry) => !entry.retracted && MARKED.has(entry.kind));
  const isSingle = lanes.eventRows === 1;
  brush.font = colors.font(14);
  for (const entry of events) {
    const at = x(entry.at);
    if (at < area.left - 1 || at > area.right) continue;
    const words = eventWords(entry, view);
    const left = at - WORDS_GAP - brush.measureText(words).width;
    const free = taken.findIndex((used) => left > used + 6);
    const row = free >= 0 ? free : taken.indexOf(Math.min(...taken));
    const y = top + row * 18 + 9;
    const tone = entry.kind === "help" || Number(entry.data.grade) >= 3 ? colors.late : colors.ink;
    lozenge(brush, at, y, 5, tone, tone);
    if (free >= 0 && !isSingle) write(brush, words, at - WORDS_GAP, y + 4.5, colors.ink, "right");
    taken[row] = Math.max(taken[row], at + 5);
  }
  const last = events.at(-1);
  const from = Math.max(x(now), area.left) + 12;
  if (isSingle && last) fitting(brush, [`${eventWords(last, view)} ${hm(last.at)}`, eventWords(last, view)], from, top + 13.5, area.right - from, colors.ink);
}

function eventWords(entry, view) {
  if (entry.kind === "event") return `${termWord(entry.data.term)}, ${gradeWord(entry.data.grade)}`;
  if (entry.kind === "comfort") return entry.data.chip;
  if (entry.kind === "help") return "Help called";
  const resumed = view.infusion.segments.find((one) => one.start >= entry.at)?.start ?? view.infusion.stoppedAt;
  return ["Paused", resumed === null ? "" : ` ${span(resumed - entry.at)}`, entry.data.reason ? `, ${entry.data.reason}` : ""].join("");
}

/** The numbers themselves, under their readings; where readings stand close, the later ones are written. */
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
  brush.font = colors.font(14);
  rows.forEach(([, say], place) => {
    let free = Infinity;
    for (const reading of view.readings.toReversed()) {
      const text = say(reading.data);
      const at = x(reading.at);
      const half = text === null ? 0 : brush.measureText(text).width / 2;
      if (text === null || at - half < area.left - 4 || at + half > area.right + 14 || at + half > free) continue;
      write(brush, text, at, top + 14 + place * height, colors.ink, "center");
      free = at - half - 6;
    }
  });
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

function clip(brush, left, top, width, height) {
  brush.beginPath();
  brush.rect(left, top, width, height);
  brush.clip();
}

function write(brush, text, x, y, color, align = "left") {
  brush.textAlign = align;
  brush.textBaseline = "alphabetic";
  brush.fillStyle = color;
  brush.fillText(text, x, y);
}

function outlined(brush, text, x, y, color, page) {
  brush.lineJoin = "round";
  brush.strokeStyle = page;
  brush.lineWidth = 4;
  brush.textAlign = "left";
  brush.strokeText(text, x, y);
  write(brush, text, x, y, color);
}

function fitting(brush, choices, x, y, width, color) {
  const text = choices.find((one) => brush.measureText(one).width <= width);
  if (text) write(brush, text, x, y, color);
}

function line(brush, x1, y1, x2, y2, color, width) {
  brush.strokeStyle = color;
  brush.lineWidth = width;
  brush.beginPath();
  brush.moveTo(x1, y1);
  brush.lineTo(x2, y2);
  brush.stroke();
}

function joined(brush, points, color) {
  brush.strokeStyle = color;
  brush.lineWidth = 1.25;
  brush.beginPath();
  points.forEach(([x, y], place) => (place ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.stroke();
}

function bar(brush, x, reach, top, bottom, color) {
  line(brush, x, top, x, bottom, color, 1.25);
  brush.lineCap = "round";
  for (const y of [top, bottom]) line(brush, x - reach, y, x + reach, y, color, 2.5);
  brush.lineCap = "butt";
}

function disc(brush, x, y, radius, fill, edge, width) {
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  filled(brush, fill, edge, width);
}

function square(brush, x, y, fill, edge) {
  brush.beginPath();
  brush.rect(x - 4.5, y - 4.5, 9, 9);
  filled(brush, fill, edge, 1.5);
}

function lozenge(brush, x, y, reach, fill, edge) {
  polygon(brush, [[x, y - reach], [x + reach, y], [x, y + reach], [x - reach, y]]);
  filled(brush, fill, edge, 1);
}

function octagon(brush, x, y, reach, fill) {
  const cut = reach * 0.42;
  polygon(brush, [[x - cut, y - reach], [x + cut, y - reach], [x + reach, y - cut], [x + reach, y + cut],
    [x + cut, y + reach], [x - cut, y + reach], [x - reach, y + cut], [x - reach, y - cut]]);
  filled(brush, fill, fill, 1);
}

function slashed(brush, x, colors) {
  disc(brush, x, ON_TOP, 4, colors.page, colors.edge, 1.5);
  line(brush, x - 2.5, ON_TOP + 2.5, x + 2.5, ON_TOP - 2.5, colors.edge, 1.5);
}

function polygon(brush, points) {
  brush.beginPath();
  points.forEach(([x, y], place) => (place ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.closePath();
}

function filled(brush, fill, edge, width) {
  brush.fillStyle = fill;
  brush.fill();
  brush.strokeStyle = edge;
  brush.lineWidth = width;
  brush.stroke();
}

function block(brush, x, y, width, colors) {
  brush.fillStyle = colors.accentSoft;
  brush.fillRect(x, y, width, 26);
  brush.strokeStyle = colors.accent;
  brush.lineWidth = 1.25;
  brush.strokeRect(x, y, width, 26);
}
