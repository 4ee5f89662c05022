// How does the graph stand on the page? uPlot gives the axes and the canvas; the drawing of each part is in draw.js.

import { drawDue, drawEvents, drawLatest, drawNow, drawRate, drawSigns, drawValues } from "./draw.js";
import { MINUTE, counted, hm } from "./time.js";
import { latest } from "./model.js";

const LEFT = 54;
const RIGHT = 16;
const TOP = 36;
const AXIS = 26;
const RATE_LANE = 44;
const EVENT_ROW = 18;
const VALUE_ROW = 18;
const SIGNS_LANE = 6 * VALUE_ROW;
const LEAST_PLOT = 130;
const LEAST_PX_PER_MINUTE = 5.6;
const ROOM_FOR_LATEST = 200;
const STEPS_MINUTES = [10, 15, 20, 30, 60, 120];
const FIELDS = ["systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm", "spo2_percent", "respiratory_rate_bpm"];

export function makeChart(box) {
  let plot = null;
  let built = "";
  let shown = null;
  let colors = readColors();

  const redraw = () => shown && draw(shown.view, shown.now);
  new ResizeObserver(redraw).observe(box);
  new MutationObserver(() => {
    colors = readColors();
    built = "";
    redraw();
  }).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });

  function draw(view, now) {
    shown = { view, now };
    const { width, height } = size(box);
    if (width < 120 || height < 120) return;
    const frame = { view, now, colors, lanes: lanes(height), range: range(view, now, width), isNarrow: width < 560 };
    const shape = JSON.stringify([frame.lanes, frame.isNarrow]);
    if (!plot || shape !== built) {
      plot?.destroy();
      plot = build(box, { width, height, frame });
      built = shape;
    }
    plot.frame = frame;
    if (plot.width !== width || plot.height !== height) plot.setSize({ width, height });
    plot.setData(columns(view.readings));
    box.setAttribute("aria-label", inWords(view, now));
  }

  return { draw };
}

function build(box, { width, height, frame }) {
  const own = (draw) => (self) => paint(self, draw);
  const plot = new uPlot({
    width,
    height,
    padding: [TOP, RIGHT, frame.lanes.below, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false },
    scales: {
      x: { time: false, range: (self) => self.frame?.range ?? frame.range },
      y: { range: (self) => [0, ceiling(self.frame ?? frame)] },
    },
    axes: [
      { size: AXIS, gap: 5, font: frame.colors.font(14), stroke: frame.colors.ink2, ticks: { show: false },
        grid: { stroke: frame.colors.grid, width: 1 }, splits: (self) => splits(self.frame ?? frame, width), values: (self, moments) => moments.map((at) => label(self, at)) },
      { size: LEFT, gap: 8, font: frame.colors.font(14), stroke: frame.colors.ink2, ticks: { show: false },
        grid: { stroke: frame.colors.grid, width: 1 }, splits: (self) => every(20, ceiling(self.frame ?? frame)), values: (self, values) => values.map((value) => (value % 40 ? "" : value)) },
    ],
    series: [{}, ...FIELDS.map(() => ({ paths: () => null, points: { show: false } }))],
    hooks: { draw: [own(drawAll)] },
  }, columns(frame.view.readings), box);
  plot.frame = frame;
  return plot;
}

/** Draw in CSS pixels; `x` and `y` turn a moment and a value into them. */
function paint(plot, draw) {
  const frame = plot.frame;
  if (!frame) return;
  const ratio = uPlot.pxRatio;
  const area = { left: plot.bbox.left / ratio, top: plot.bbox.top / ratio, width: plot.bbox.width / ratio, height: plot.bbox.height / ratio };
  const brush = plot.ctx;
  brush.save();
  brush.scale(ratio, ratio);
  draw(brush, {
    ...frame,
    area: { ...area, right: area.left + area.width, bottom: area.top + area.height },
    x: (at) => area.left + plot.valToPos(at, "x"),
    y: (value) => area.top + plot.valToPos(value, "y"),
  });
  brush.restore();
}

function drawAll(brush, frame) {
  const below = frame.area.bottom + AXIS;
  drawDue(brush, frame);
  drawRate(brush, frame, below + 8);
  drawEvents(brush, frame, below + RATE_LANE);
  if (frame.lanes.values) drawValues(brush, frame, below + RATE_LANE + frame.lanes.eventRows * EVENT_ROW + 8, VALUE_ROW);
  drawNow(brush, frame, frame.area.bottom + AXIS + frame.lanes.below - 4);
  drawSigns(brush, frame);
  drawLatest(brush, frame);
}

/** What fits under the graph: short of height the values go first, then all but one row of events. */
function lanes(height) {
  const least = TOP + AXIS + RATE_LANE + LEAST_PLOT;
  const values = height >= least + 3 * EVENT_ROW + SIGNS_LANE;
  const eventRows = height >= least + 3 * EVENT_ROW ? 3 : 1;
  return { values, eventRows, below: RATE_LANE + eventRows * EVENT_ROW + (values ? SIGNS_LANE : 6) };
}

/** The whole visit when it fits; otherwise the minutes around now, with room for the latest values on its right. */
function range(view, now, width) {
  const { session, readings, infusion, due, dischargedAt } = view;
  const space = width - LEFT - RIGHT;
  const first = Math.min(readings[0]?.at ?? now, infusion.startedAt ?? now, now) - 5 * MINUTE;
  const last = dischargedAt ?? Math.max(due.at(-1)?.at ?? 0, infusion.startedAt === null ? now + Number(session.plan_minutes) * MINUTE : 0);
  const fitting = (space / LEAST_PX_PER_MINUTE) * MINUTE;
  const wanted = Math.max(last + 4 * MINUTE, now + MINUTE) - first;
  const spread = Math.min(Math.max(wanted, 40 * MINUTE), Math.max(fitting, 30 * MINUTE));
  const room = dischargedAt ? 0 : (Math.min(ROOM_FOR_LATEST, space * 0.46) / space) * spread;
  const end = Math.max(Math.min(first + spread, Math.max(last + 4 * MINUTE, first + spread)), now + room);
  return [end - spread, end];
}

function columns(readings) {
  const value = (reading, field) => (reading.data[field] === null || reading.data[field] === undefined ? null : Number(reading.data[field]));
  return [readings.map((one) => one.at), ...FIELDS.map((field) => readings.map((one) => value(one, field)))];
}

function ceiling({ view }) {
  const highest = Math.max(200, ...view.readings.map((one) => Number(one.data.systolic_mmhg ?? 0)), ...view.readings.map((one) => Number(one.data.heart_rate_bpm ?? 0)));
  return Math.ceil(highest / 40) * 40;
}

function every(step, end) {
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, place) => place * step);
}

/** Upright lines stand at whole steps from the first minute that counts: the start, or the first reading. */
function splits({ view, range: [from, to] }, width) {
  const anchor = Math.floor((view.infusion.startedAt ?? view.readings[0]?.at ?? from) / MINUTE) * MINUTE;
  const pixels = (width - LEFT - RIGHT) / ((to - from) / MINUTE);
  const step = (STEPS_MINUTES.find((minutes) => minutes * pixels >= 56) ?? 240) * MINUTE;
  const first = anchor + Math.ceil((from - anchor) / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, place) => first + place * step);
}

function label(plot, at) {
  const { now, range: [from, to] } = plot.frame;
  const gap = (Math.abs(at - now) / (to - from)) * (plot.bbox.width / uPlot.pxRatio);
  return gap < 24 ? "" : hm(at);
}

function size(box) {
  const style = getComputedStyle(box);
  return {
    width: Math.floor(box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)),
    height: Math.floor(box.clientHeight),
  };
}

function readColors() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--sw-${name}`).trim();
  const family = getComputedStyle(document.body).fontFamily;
  return {
    page: token("page"), ink: token("ink"), ink2: token("ink-2"), edge: token("edge"), grid: token("chart-grid"), axis: token("chart-axis"),
    now: token("chart-now"), accent: token("accent"), accentSoft: token("accent-soft"), due: token("due-fill"), dueEdge: token("due-edge"),
    late: token("late-fill"), series: [1, 2, 3, 4].map((number) => token(`series-${number}`)),
    font: (pixels, weight = 400) => `${weight} ${pixels}px ${family}`,
  };
}

function inWords({ readings, infusion }, now) {
  const last = readings.at(-1);
  const systolic = latest(readings, "systolic_mmhg");
  const said = [`Graph of the session at ${hm(now)}. ${counted(readings.length, "reading")}.`];
  if (last) said.push(`The last is from ${hm(last.at)}.`);
  if (systolic) said.push(`Blood pressure ${systolic.value} over ${latest(readings, "diastolic_mmhg").value}.`);
  if (infusion.state === "running") said.push(`Running at ${infusion.rate} mL per hour.`);
  return `${said.join(" ")} The table has every value.`;
}
