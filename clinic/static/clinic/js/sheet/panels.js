// Which form stands in the place of the due list? One at a time; what is half typed is still there when it comes back.

import { refill } from "./dom.js";
import { comfortForm, eventForm, noteForm, overrideForm, rateForm, retractForm, skipForm, startForm, whyForm } from "./forms.js";
import { vitalsForm } from "./vitals.js";
import { hm } from "./time.js";
import { KINDS, PAUSE_REASONS, STOP_REASONS } from "./words.js";

const SETTLES_MS = 400;
const NEAR_PX = 48;

export function makePanels(sheet, { rules, view, record, changed }) {
  const form = sheet.querySelector("[data-panel]");
  const aside = sheet.querySelector("[data-side=all]");
  const drafts = new Map();
  let opened = null;
  let opener = null;
  let tapped = null;
  let settling = null;

  // When a form closes, what lies beneath comes under the same finger: the second half of a doubled tap is no tap.
  sheet.addEventListener("click", (event) => {
    const isTap = event.detail > 0;
    if (settling && event.timeStamp - settling.at < SETTLES_MS && (isTap ? isNear(event, settling) : event.target.dataset?.key === opener)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      tapped = isTap ? { x: event.clientX, y: event.clientY } : null;
    }
  }, { capture: true });

  function isNear(event, { x, y }) {
    return x !== undefined && Math.hypot(event.clientX - x, event.clientY - y) < NEAR_PX;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    opened?.panel.submit();
  });
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened) close();
  });

  const makers = {
    vitals: (tools) => vitalsForm({ ...tools, save: (data, at) => tools.save("vitals", data, at) }),
    event: eventForm,
    comfort: comfortForm,
    note: noteForm,
    rate: (tools) => rateForm(tools, { kind: "rate", title: "New rate", act: "Change rate" }),
    resume: (tools) => rateForm(tools, { kind: "resume", title: "Resume", act: "Resume" }),
    start: (tools) => (tools.view.mayStart ? rateForm(tools, { kind: "start", title: "Start the infusion", act: "Start" }) : startForm(tools)),
    started: (tools) => rateForm(tools, { kind: "start", title: "Already started", act: "Chart the start", already: true }),
    skip: skipForm,
    override: overrideForm,
    retract: (tools, { id }) => {
      const entry = tools.view.entries.find((one) => one.id === id);
      return retractForm(tools, entry, KINDS[entry.kind]);
    },
    pausedWhy: (tools, { at }) => whyForm(tools, { title: `Paused ${hm(at)}. Why?`, done: `Paused ${hm(at)}`, reasons: PAUSE_REASONS, takeBack: () => takeBack("pause") }),
    stoppedWhy: (tools, { at }) => whyForm(tools, { title: `Stopped ${hm(at)}. Why?`, done: `Stopped ${hm(at)}`, reasons: STOP_REASONS, takeBack: () => takeBack("stop") }),
  };

  function open(name, subject) {
    if (opened?.name === name && !subject) {
      opened.panel.focus(form);
      return;
    }
    if (!opened) opener = document.activeElement?.dataset?.key ?? null;
    putAway();
    const draft = subject ? null : drafts.get(name);
    const panel = draft ?? makers[name]({ rules, view: view(), close, save, switchTo: open }, subject);
    opened = { name, panel, isDraft: !subject };
    form.className = `sw-sheetside sw-panel ${panel.classes ?? ""}`;
    form.setAttribute("aria-label", panel.title);
    refill(form, panel.children);
    form.hidden = false;
    aside.hidden = true;
    sheet.classList.add("is-entry");
    changed();
    panel.focus(form);
    form.scrollTop = 0;
  }

  function takeBack(kind) {
    const entry = view().entries.findLast((one) => one.kind === kind && !one.retracted);
    if (entry) open("retract", { id: entry.id });
  }

  /** Switching to another form keeps this one as it stands. */
  function putAway() {
    if (!opened) return;
    if (opened.isDraft) drafts.set(opened.name, opened.panel);
    else opened.panel.dispose?.();
    opened = null;
  }

  function close() {
    if (!opened) return;
    settling = { at: performance.now(), ...tapped };
    opened.panel.dispose?.();
    drafts.delete(opened.name);
    opened = null;
    form.hidden = true;
    aside.hidden = false;
    sheet.classList.remove("is-entry");
    changed();
    if (opener) sheet.querySelector(`[data-key="${opener}"]`)?.focus({ preventScroll: true });
  }

  /** Once only: the form is gone before a second tap can reach it. */
  function save(kind, data, at) {
    close();
    record(kind, data, at);
  }

  return { open, close, opened: () => opened?.name ?? null };
}
