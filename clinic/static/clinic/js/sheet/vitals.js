// How is one set of vital signs charted? Typed on the keypad, warned about while typing, refused only when impossible.

import { h, refill, sign } from "./dom.js";
import { isPlainNumber, judge, judgePressure } from "./check.js";
import { keypad } from "./keypad.js";
import { baseline, latest } from "./model.js";
import { hm } from "./time.js";
import { choice, whenChips } from "./when.js";

const NUMBERS = [
  ["heart_rate_bpm", "HR /min"],
  ["spo2_percent", "SpO₂ %"],
  ["respiratory_rate_bpm", "RR /min"],
  ["temperature_c", "Temp °C"],
  ["oxygen_l_min", "O₂ L/min"],
];
const PRESSURE = "pressure";
const SERIOUSNESS = ["ask", "alert", "reject"];
const ALERTNESS = ["5", "4", "3", "2", "1", "0"];

/** The form; `save(data, at)` stores it, `close()` puts the sheet back. */
export function vitalsForm({ view, rules, save, close }) {
  const previous = (field, unit = "") => {
    const found = latest(view.readings, field);
    return found ? `${hm(found.at)}: ${found.value}${unit}` : "";
  };
  const upper = view.readings.findLast((one) => one.data.systolic_mmhg !== null && one.data.systolic_mmhg !== undefined);
  const fields = [
    {
      name: PRESSURE, label: "BP mmHg", isPressure: true, limit: rules.limits.systolic_mmhg, lowerLimit: rules.limits.diastolic_mmhg,
      previous: upper ? `${hm(upper.at)}: ${Number(upper.data.systolic_mmhg)}/${Number(upper.data.diastolic_mmhg)}` : "",
    },
    ...NUMBERS.map(([name, label]) => ({
      name, label, limit: rules.limits[name], previous: previous(name), half: name === "temperature_c" || name === "oxygen_l_min",
      waits: name === "temperature_c" || name === "oxygen_l_min",
    })),
  ];
  const said = h("div", { class: "sw-said sw-wide", role: "status", id: "vitals-said" });
  const when = whenChips();
  const moaas = choice("Alertness", ALERTNESS, { onChange: check });
  const pad = keypad(fields, { onChange: () => check(), onDone: () => submit() });
  const base = {
    systolic: baseline(view.readings, view.infusion.startedAt, "systolic_mmhg"),
    diastolic: baseline(view.readings, view.infusion.startedAt, "diastolic_mmhg"),
  };

  const pauseLimit = (name) => Number(rules.limits[name].alert[1]);

  function judged() {
    const found = [];
    const [systolic, diastolic] = pad.text(PRESSURE).split("/");
    if (systolic) {
      const first = judge("systolic_mmhg", systolic, rules.limits);
      const second = diastolic ? judge("diastolic_mmhg", diastolic, rules.limits) : null;
      const both = diastolic && isPlainNumber(diastolic) ? judgePressure(systolic, diastolic, rules, base) : null;
      if (!diastolic) found.push({ name: PRESSURE, level: "reject", isUnfinished: true, sentence: "A blood pressure needs both numbers. Enter the lower one too." });
      for (const one of [first, second, both]) if (one) found.push({ name: PRESSURE, ...one });
    }
    for (const [name] of NUMBERS) {
      const text = pad.text(name);
      const one = text ? judge(name, text, rules.limits) : null;
      if (one) found.push({ name, ...one });
    }
    if (moaas.value() !== null) {
      const one = judge("moaas", moaas.value(), rules.limits);
      if (one) found.push({ name: "moaas", ...one });
    }
    return found;
  }

  /** A number that is still being typed is not called impossible yet. */
  function check(isFinal = false) {
    const found = judged().filter((one) => isFinal === true || !(one.level === "reject" && pad.isCurrent(one.name) && !isTooLong(one.name)));
    for (const { name } of fields) {
      const worst = worstOf(found.filter((one) => one.name === name));
      pad.tone(name, worst?.level, "vitals-said");
    }
    show(worstOf(found));
    return found;
  }

  function isTooLong(name) {
    return name !== PRESSURE && Number(pad.text(name)) > Number(rules.limits[name].reject[1]);
  }

  function show(one) {
    if (!one) return refill(said);
    const tone = one.level === "reject" ? "late" : "due";
    const rule = one.name === PRESSURE && one.level === "alert" ? ` Pause rule: above ${pauseLimit("systolic_mmhg")}/${pauseLimit("diastolic_mmhg")} twice.` : "";
    return refill(said, h("div", { class: `sw-callout is-${tone}` }, sign(tone), h("p", {}, h("strong", {}, one.sentence), rule)));
  }

  function submit() {
    const problem = worstOf(check(true).filter((one) => one.level === "reject"));
    const data = values();
    if (problem) {
      pad.focus(problem.name);
    } else if (Object.keys(data).length === 0) {
      show({ level: "reject", sentence: "There is no reading here. Enter at least one." });
      pad.focus();
    } else {
      save(data, when.value());
    }
  }

  function values() {
    const [systolic, diastolic] = pad.text(PRESSURE).split("/");
    const data = {};
    if (systolic) Object.assign(data, { systolic_mmhg: systolic, diastolic_mmhg: diastolic });
    for (const [name] of NUMBERS) if (pad.text(name)) data[name] = pad.text(name);
    if (moaas.value() !== null) data.moaas = Number(moaas.value());
    return data;
  }

  return {
    title: "Vitals",
    classes: "sw-keypad",
    children: [
      pad.reads, pad.keys, said, moaas.element, when.element,
      h("div", { class: "sw-two sw-wide sw-panelacts" }, h("button", { class: "sw-tap", type: "button", onclick: close }, "Close"), h("button", { class: "sw-tap is-main", type: "submit" }, "Save")),
    ],
    focus: () => pad.focus(),
    submit,
    dispose: when.close,
  };
}

function worstOf(found) {
  return found.toSorted((one, other) => SERIOUSNESS.indexOf(other.level) - SERIOUSNESS.indexOf(one.level))[0] ?? null;
}
