// What stands beside the graph? Before the start the gate, after it what is due; and every milligram.

import { h, refill, sign, whenChanged } from "./dom.js";
import { hm, span } from "./time.js";
import { nextDue } from "./due.js";

const SIGNS = { done: "done", skipped: "skipped", missed: "skipped", due: "due", late: "late", escalate: "late", upcoming: "open" };
const GATE_SIGNS = { ready: "done", overridden: "done", missing: "open", hold: "late" };
const SHOWN_AHEAD = 4;
const RECOVERY_TOGETHER = 3;
const TAKEN_HERE = new Set(["baseline", "vitals", "pressure", "heart_rate", "oxygen", "breathing", "temperature"]);
const ASKED_FIRST = "identity";
const isOpen = (check) => check.state === "missing" || check.state === "hold";

export function makeSide(root, { urls, may, open }) {
  const top = root.querySelector("[data-side=top]");
  const pour = root.querySelector("[data-side=pour]");

  const fillGate = whenChanged(({ readiness, mayStart }) => {
    const openPoints = readiness.filter(isOpen);
    const fine = readiness.filter((check) => !openPoints.includes(check));
    const asksFirst = openPoints.some((check) => check.code === ASKED_FIRST);
    refill(top,
      h("h2", {}, "Before the start ", h("span", {}, openPoints.length ? `${openPoints.length} open` : `all ${fine.length} ready`)),
      mayStart ? h("p", { class: "sw-state is-done sw-go" }, sign("done"), "Ready. Start is open.") : null,
      may.session ? h("div", { class: "sw-links" }, h("a", { class: `sw-tap ${asksFirst ? "is-main" : ""}`, href: urls.checklist, "data-key": "checklist" }, "Checklist"), h("a", { class: "sw-tap", href: urls.person, "data-key": "person" }, "Person")) : null,
      h("ul", { class: "sw-gate", "aria-label": "Open before the start" }, openPoints.map(point)),
      fine.length ? h("details", { class: "sw-more" }, h("summary", {}, `${fine.length} ready`), h("ul", { class: "sw-gate" }, fine.map(point))) : null);
  });

  function point(check) {
    return h("li", {}, sign(GATE_SIGNS[check.state] ?? "unknown"), h("div", {}, h("strong", {}, check.label), h("span", {}, ` ${check.sentence}`), fix(check)));
  }

  function fix(check) {
    const acts = [];
    if (isOpen(check) && TAKEN_HERE.has(check.code)) acts.push(fixButton(check, "Take vitals", () => open("vitals")));
    if (isOpen(check) && check.code === "drug" && may.session && urls.drug) acts.push(fixLink(check, "Draw", urls.drug));
    if (check.state === "hold" && check.may_be_overridden_by && may.session) acts.push(fixButton(check, "Override", () => open("override", check)));
    return acts.length ? h("span", { class: "sw-fixes" }, acts) : null;
  }

  function fixButton(check, words, onclick) {
    return h("button", { class: "sw-fix", type: "button", "data-key": `${words}-${check.code}`, onclick }, words, h("span", { class: "visually-hidden" }, `: ${check.label}`));
  }

  function fixLink(check, words, href) {
    return h("a", { class: "sw-fix", href, "data-key": `${words}-${check.code}` }, words, h("span", { class: "visually-hidden" }, `: ${check.label}`));
  }

  const fillDue = whenChanged(({ counts, rows, missing }) => {
    const list = h("ol", { class: "sw-line" }, rows.map(line));
    refill(top, h("h2", {}, "Due ", h("span", {}, counts)), list, missing.length ? [
      h("h2", { class: "sw-leaving" }, "Before leaving ", h("span", {}, `${missing.length} open`)),
      h("ul", { class: "sw-gate" }, missing.map((sentence) => h("li", {}, sign("open"), h("span", {}, sentence)))),
    ] : null);
    const next = list.querySelector(".is-late, .is-due, .is-next");
    if (next && top.scrollHeight > top.clientHeight) top.scrollTop = next.offsetTop - list.offsetTop - next.offsetHeight;
  });

  function line(row) {
    const classes = [row.isPast && "is-past", row.state === "done" && "is-ok", row.isNext && "is-next", row.state === "due" && "is-due", row.sign === "late" && "is-late"].filter(Boolean).join(" ");
    const end = row.maySkip && may.vitals
      ? h("button", { class: "sw-fix", type: "button", "data-key": `skip-${row.due_at}`, onclick: () => open("skip", row) }, "Not done", h("span", { class: "visually-hidden" }, ` at ${row.time}`))
      : row.note;
    return h("li", { class: classes }, h("time", {}, row.time), sign(row.sign), h("span", {}, row.label, row.word ? h("span", { class: "visually-hidden" }, `, ${row.word}`) : null), h("span", { "data-ticks": row.isNext ? row.due_at : null }, end));
  }

  const fillPour = whenChanged((rows) => refill(pour, h("h2", {}, "Given so far"), h("dl", {}, rows.flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)])), h(
    "div", { class: "sw-links" },
    h("button", { class: "sw-tap", type: "button", "data-key": "all", onclick: () => open("log") }, "All entries"),
    may.session && urls.drug ? h("a", { class: "sw-tap", href: urls.drug, "data-key": "drug" }, "Drug") : null,
  )));

  function show(view, now) {
    if (view.phase === "preparing") fillGate({ readiness: view.readiness, mayStart: view.mayStart });
    else fillDue(dueLines(view, now));
    fillPour(pourLines(view));
    tick(view, now);
  }

  /** The one line that counts down changes by itself, without its list being made anew. */
  function tick(view, now) {
    const row = nextDue(view.due);
    const ticking = top.querySelector("[data-ticks]");
    if (row && ticking && row.state === "upcoming") ticking.textContent = `in ${span(row.at - now)}`;
  }

  return { show };
}

function dueLines(view) {
  const next = nextDue(view.due);
  const counted = (state, word) => {
    const number = view.due.filter((row) => state.includes(row.state)).length;
    return number ? `${number} ${word}` : null;
  };
  const ahead = view.due.filter((row) => row.state === "upcoming");
  const recovery = ahead.filter((row) => row.kind === "recovery");
  const isTogether = recovery.length > RECOVERY_TOGETHER && next?.kind !== "recovery";
  const shownAhead = ahead.filter((row) => !(isTogether && row.kind === "recovery"));
  const rows = [...view.due.filter((row) => row.state !== "upcoming"), ...shownAhead.slice(0, SHOWN_AHEAD)].map((row) => dueLine(row, next, view));
  const hidden = shownAhead.slice(SHOWN_AHEAD);
  if (hidden.length) rows.push(together(hidden, "more"));
  if (isTogether) rows.push(together(recovery, "recovery sets"));
  const counts = [counted(["done"], "done"), counted(["skipped", "missed"], "not done"), counted(["late", "escalate"], "late")].filter(Boolean).join(", ");
  return { counts, rows, missing: view.phase === "recovery" ? view.missing : [] };
}

function dueLine(row, next, view) {
  const isPast = ["done", "skipped", "missed"].includes(row.state);
  const skipped = row.state === "skipped" ? view.entries.findLast((entry) => entry.kind === "skip" && Date.parse(entry.data.due_at) === row.at) : null;
  const notes = { done: row.metAt ? hm(row.metAt) : "", skipped: `not done${skipped ? `: ${skipped.data.reason.toLowerCase()}` : ""}`, missed: "missed", due: "due now", late: "late", escalate: "late" };
  return {
    due_at: row.due_at, time: hm(row.at), at: row.at, label: row.label, state: row.state, isPast, isNext: row === next && row.state === "upcoming",
    sign: row === next && row.state === "upcoming" ? "now" : SIGNS[row.state],
    note: notes[row.state] ?? "", word: { upcoming: "", escalate: "late" }[row.state] ?? row.state,
    maySkip: ["due", "late", "escalate"].includes(row.state),
  };
}

function together(rows, words) {
  return { due_at: rows[0].due_at, time: hm(rows[0].at), label: `${rows.length} ${words}`, state: "upcoming", sign: "open", note: `to ${hm(rows.at(-1).at)}`, word: "" };
}

function pourLines({ infusion, session, drug, phase }) {
  const mg = (value) => Number(value).toFixed(1);
  const rows = [["Given", `${mg(infusion.givenMg)} of ${mg(session.ordered_mg)} mg`]];
  if (phase === "running") rows.push(["Left", `${infusion.leftMl.toFixed(1)} mL at ${infusion.rate} mL/h`]);
  else if (phase !== "preparing" && phase !== "recovery" && phase !== "discharged") rows.push(["Left", `${infusion.leftMl.toFixed(1)} mL`]);
  rows.push(["Drawn", Number(drug.drawn_mg) ? `${mg(drug.drawn_mg)} mg` : "nothing yet"]);
  const away = Number(drug.wasted_mg) + Number(drug.returned_mg);
  if (away) rows.push(["Wasted, returned", `${mg(away)} mg`]);
  if (infusion.stoppedAt !== null && Number(drug.open_mg)) rows.push(["Unaccounted", `${Number(drug.open_mg).toFixed(2)} mg`]);
  return rows;
}
