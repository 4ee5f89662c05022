// What was charted, line by line? Everything of the session with who and when; a mistake is taken back from here.

import { h, refill, whenChanged } from "./dom.js";
import { hm, hmWithHalf } from "./time.js";
import { KINDS, sayEntry } from "./words.js";

const ALONE = new Set(["draw", "waste", "return"]); // corrected on the drug form, with a witness

export function makeLog(root, { may, open, close }) {
  const fill = whenChanged(({ entries, isSigned }) => refill(root,
    h("div", { class: "sw-loghead" }, h("h2", {}, "All entries"), h("button", { class: "sw-tap", type: "button", "data-key": "close", onclick: close }, "Back to the graph")),
    h("div", { class: "sw-scroll", tabindex: "0", role: "region", "aria-label": "All entries" }, h("table", { class: "table sw-table" },
      h("thead", {}, h("tr", {}, ["Time", "What", "Says", "By", ""].map((words) => h("th", { scope: "col" }, words || h("span", { class: "visually-hidden" }, "Correct"))))),
      h("tbody", {}, entries.map((entry) => row(entry, isSigned)))))));

  function row(entry, isSigned) {
    const said = h("span", { class: entry.retracted ? "sw-struck" : "" }, sayEntry(entry));
    const mayCorrect = !isSigned && !entry.retracted && !ALONE.has(entry.kind) && (may.session || (may.vitals && ["vitals", "skip", "comfort", "note", "help"].includes(entry.kind)));
    return h("tr", {},
      h("td", {}, h("time", {}, hm(entry.at)), isLate(entry) ? h("small", { class: "sw-quiet" }, ` typed ${hm(Date.parse(entry.recorded_at))}`) : null),
      h("td", {}, entry.retracted ? h("s", { class: "sw-struck" }, KINDS[entry.kind]) : KINDS[entry.kind]),
      h("td", {}, said, notes(entry).map((note) => h("small", { class: "sw-quiet sw-logmark" }, ` ${note}`))),
      h("td", {}, entry.author),
      h("td", {}, mayCorrect ? h("button", { class: "sw-fix", type: "button", "data-key": `retract-${entry.id}`, onclick: () => open("retract", entry) }, "Take back", h("span", { class: "visually-hidden" }, ` ${KINDS[entry.kind]} ${hm(entry.at)}`)) : null));
  }

  return { show: (view) => fill({ entries: view.entries.toReversed(), isSigned: view.isSigned }) };
}

function notes(entry) {
  return [
    entry.isWaiting && "waits to be sent",
    entry.retracted && `taken back by ${entry.retracted.by}, ${hmWithHalf(Date.parse(entry.retracted.at))}: ${entry.retracted.reason}`,
    entry.to_confirm && (entry.confirmed ? "confirmed" : "to confirm"),
    entry.is_late_addendum && "added after signing",
  ].filter(Boolean);
}

function isLate(entry) {
  return Date.parse(entry.recorded_at) - entry.at > 2 * 60 * 1000;
}

/** The same facts as the graph, for those who listen and for print. */
export function makeTable(body) {
  return whenChanged((readings) => refill(body, readings.map((one) => h("tr", {},
    h("th", { scope: "row" }, hm(one.at)),
    [pressure(one.data), ...["heart_rate_bpm", "spo2_percent", "respiratory_rate_bpm", "moaas", "temperature_c", "oxygen_l_min"].map((field) => value(one.data[field]))].map((text) => h("td", {}, text))))));
}

function pressure(data) {
  return value(data.systolic_mmhg) === "" ? "" : `${Number(data.systolic_mmhg)}/${Number(data.diastolic_mmhg)}`;
}

function value(number) {
  return number === null || number === undefined ? "" : String(Number(number));
}
