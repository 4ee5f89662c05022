// How is everything but vital signs charted? One small form for each kind of entry, in the place of the due list.

import { h, refill, sign } from "./dom.js";
import { judge } from "./check.js";
import { keypad } from "./keypad.js";
import { hm } from "./time.js";
import { choice, whenChips } from "./when.js";
import { ACTIONS, EXPERIENCES, GRADES, RETRACT_REASONS, SKIP_REASONS, TERMS_FIRST, TERMS_MORE, sayEntry } from "./words.js";

const RATE_OFF_PERCENT = 5;

function acts(save, close) {
  return h("div", { class: "sw-two sw-wide sw-panelacts" }, h("button", { class: "sw-tap", type: "button", onclick: close }, "Close"), h("button", { class: "sw-tap is-main", type: "submit" }, save));
}

function words(label, { rows = 2, most = 2000 } = {}) {
  const field = h("textarea", { class: "form-control", rows: String(rows), maxlength: String(most), autocomplete: "off" });
  return { element: h("label", { class: "sw-words sw-wide" }, h("span", {}, label), field), value: () => field.value.trim(), focus: () => field.focus() };
}

function problems() {
  const element = h("div", { class: "sw-said sw-wide", role: "alert" });
  return {
    element,
    show: (sentence, tone = "late") => refill(element, sentence ? h("div", { class: `sw-callout is-${tone}` }, sign(tone), h("p", {}, sentence)) : null),
  };
}

export function eventForm({ save, close }) {
  const said = problems();
  let term = null;
  const picked = (value) => {
    if (value === null) return;
    term = value;
    said.show(null);
    for (const list of [first, more]) if (list.value() !== term) list.set(null);
  };
  const first = choice("Event", TERMS_FIRST, { wraps: true, onChange: (value) => (value === null ? (term = null) : picked(value)) });
  const more = choice("All other events", TERMS_MORE, { wraps: true, onChange: (value) => (value === null ? (term = null) : picked(value)) });
  const grade = choice("Grade", GRADES, { wraps: true });
  const action = choice("What was done", ACTIONS, { wraps: true });
  const serious = choice("Serious", [["yes", "Yes, serious"]], { wraps: true });
  const detail = words("Words, optional");
  const when = whenChips();
  return {
    title: "Event",
    children: [
      said.element, first.element,
      h("details", { class: "sw-wide sw-more" }, h("summary", {}, "More events"), more.element),
      grade.element, action.element, serious.element, detail.element, when.element, acts("Save event", close),
    ],
    focus: (form) => form.querySelector(".sw-chip").focus(),
    dispose: when.close,
    submit() {
      if (term === null) return said.show("Choose what happened.");
      if (grade.value() === null) return said.show("Choose how bad it was.");
      return save("event", {
        term, grade: grade.value(), is_serious: serious.value() === "yes" || grade.value() >= 4,
        action_taken: action.value() ?? "", detail: detail.value(),
      }, when.value());
    },
  };
}

export function comfortForm({ save, close }) {
  const said = problems();
  const chips = choice("What the person lives through", EXPERIENCES, { wraps: true, onChange: () => said.show(null) });
  const detail = words("In their words, optional");
  const when = whenChips();
  return {
    title: "Comfort",
    children: [
      said.element, chips.element, h("p", { class: "sw-quiet sw-wide" }, "If it troubles the person, chart an event as well."),
      detail.element, when.element, acts("Save", close),
    ],
    focus: (form) => form.querySelector(".sw-chip").focus(),
    dispose: when.close,
    submit() {
      if (chips.value() === null) return said.show("Choose the word that fits best.");
      return save("comfort", { chip: chips.value(), words: detail.value() }, when.value());
    },
  };
}

export function noteForm({ save, close }) {
  const said = problems();
  const text = words("Note", { rows: 6, most: 20000 });
  const when = whenChips();
  return {
    title: "Note",
    children: [said.element, text.element, when.element, acts("Save note", close)],
    focus: text.focus,
    dispose: when.close,
    submit: () => (text.value() ? save("note", { text: text.value() }, when.value()) : said.show("The note is empty. Type something, or close it.")),
  };
}

/** Start, a change of rate, resume: each names the rate that the pump shows. */
export function rateForm({ view, rules, save, close }, { kind, title, act, already = false }) {
  const ordered = String(Number(view.session.ordered_rate_ml_h));
  const usual = kind === "rate" ? "" : String(kind === "resume" && view.infusion.rate ? view.infusion.rate : ordered);
  const said = problems();
  const when = whenChips();
  const pad = keypad([{ name: "rate", label: "Pump mL/h", limit: rules.limits.rate_ml_h, waits: true, previous: `order: ${ordered}` }], { onChange: check, onDone: () => submit() });
  const keep = usual && choice("Rate", [[usual, `${usual} mL/h`]], { chosen: usual, onChange: taken });
  const typed = () => pad.text("rate") || (keep && keep.value()) || "";

  /** The only choice stays chosen when it is tapped again: a tap on it means yes. */
  function taken() {
    keep.set(usual);
    check();
  }

  function check() {
    const rate = typed();
    if (pad.text("rate") && keep) keep.set(null);
    const off = Math.abs(Number(rate) - Number(ordered)) * 100 > Number(ordered) * RATE_OFF_PERCENT;
    said.show(rate && off ? `${rate} mL/h is more than 5 % off the ${ordered} mL/h of the order. Check the pump.` : null, "due");
  }

  function submit() {
    const found = typed() ? judge("rate_ml_h", typed(), rules.limits) : { level: "reject", sentence: "Enter the rate that the pump shows." };
    if (found?.level === "reject") return said.show(found.sentence);
    return save(kind, { rate_ml_h: typed(), ...(already ? { already_started: true } : {}) }, when.value());
  }

  return {
    title,
    classes: "sw-keypad",
    children: [
      h("p", { class: "sw-wide sw-panelhead" }, h("strong", {}, title), already ? h("span", { class: "sw-quiet" }, " Say when it started. It opens a deviation task.") : null),
      keep && keep.element, pad.reads, pad.keys, said.element, when.element, acts(act, close),
    ],
    focus: () => pad.focus("rate"),
    dispose: when.close,
    submit,
  };
}

/** Start before everything is ready: what is missing, and the way to chart a start that has already happened. */
export function startForm({ view, close, switchTo }) {
  const points = view.readiness.filter((check) => check.state === "missing" || check.state === "hold");
  return {
    title: "Not ready to start",
    children: [
      h("p", { class: "sw-wide sw-panelhead" }, h("strong", {}, "Not ready to start")),
      h("ul", { class: "sw-gate sw-wide" }, points.map((check) => h("li", {}, sign(check.state === "hold" ? "late" : "open"), h("div", {}, h("strong", {}, check.label), ` ${check.sentence}`)))),
      h("div", { class: "sw-two sw-wide" }, h("button", { class: "sw-tap", type: "button", onclick: close }, "Close"), h("button", { class: "sw-tap", type: "button", onclick: () => switchTo("started") }, "It is already running")),
    ],
    focus: (form) => form.querySelector(".sw-tap").focus(),
    submit: close,
  };
}

export function skipForm({ save, close }, row) {
  const said = problems();
  const reason = choice("Why", SKIP_REASONS, { wraps: true });
  const other = words("Another reason", { rows: 1, most: 200 });
  return {
    title: `${row.label} of ${hm(row.at)} not done`,
    children: [h("p", { class: "sw-wide sw-panelhead" }, h("strong", {}, `${row.label} of ${hm(row.at)} not done`)), said.element, reason.element, other.element, acts("Save", close)],
    focus: (form) => form.querySelector(".sw-chip").focus(),
    submit() {
      const why = other.value() || reason.value();
      return why ? save("skip", { due_at: row.due_at, reason: why }) : said.show("Say why it was not done.");
    },
  };
}

export function retractForm({ save, close }, entry, kindWord) {
  const said = problems();
  const reason = choice("Why", RETRACT_REASONS, { wraps: true });
  const other = words("Another reason", { rows: 1, most: 500 });
  const title = `Take back: ${kindWord} ${hm(entry.at)}`;
  return {
    title,
    children: [
      h("p", { class: "sw-wide sw-panelhead" }, h("strong", {}, title), h("span", { class: "sw-quiet" }, ` ${sayEntry(entry)}`)),
      h("p", { class: "sw-quiet sw-wide" }, "It stays readable, struck through. Chart the right value as a new entry."),
      said.element, reason.element, other.element, acts("Take back", close),
    ],
    focus: (form) => form.querySelector(".sw-chip").focus(),
    submit() {
      const why = other.value() || reason.value();
      return why ? save("retract", { target: entry.id, reason: why }) : said.show("Say why it is taken back.");
    },
  };
}

export function overrideForm({ save, close }, check) {
  const said = problems();
  const reason = words("Reason", { rows: 3, most: 500 });
  return {
    title: `Override: ${check.label}`,
    children: [
      h("p", { class: "sw-wide sw-panelhead" }, h("strong", {}, `Override: ${check.label}`), h("span", { class: "sw-quiet" }, ` ${check.sentence}`)),
      said.element, reason.element, acts("Override", close),
    ],
    focus: reason.focus,
    submit: () => (reason.value() ? save("override", { check_code: check.code, reason: reason.value() }) : said.show("Give the reason in a few words.")),
  };
}

/** After a pause or a stop, which are charted already: why? As a note, so that nothing holds up the act itself. */
/** What one tap has charted already: why, or that the tap was a mistake. */
export function whyForm({ save, close }, { title, done, reasons, takeBack }) {
  const said = problems();
  const reason = choice("Why", reasons, { wraps: true });
  const other = words("Another reason", { rows: 1, most: 200 });
  return {
    title,
    children: [
      h("p", { class: "sw-wide sw-panelhead" }, h("strong", {}, title), h("span", { class: "sw-quiet" }, " It is charted. The reason can follow.")),
      said.element, reason.element, other.element,
      h("div", { class: "sw-wide" }, h("button", { class: "sw-fix", type: "button", onclick: takeBack }, "Tapped by mistake: take back")),
      acts("Add reason", close),
    ],
    focus: (form) => form.querySelector(".sw-chip").focus(),
    submit() {
      const why = other.value() || reason.value();
      return why ? save("note", { text: `${done}: ${why}` }) : said.show("Choose a reason, or close this.");
    },
  };
}
