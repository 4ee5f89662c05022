// What can be done now? Stop and Help keep the two outer corners in every state: one tap, no question.

import { h, refill, setText, sign, whenChanged } from "./dom.js";
import { nextDue } from "./due.js";
import { span } from "./time.js";

const TWICE = 900;
// The forms that end a session ask the server alone: everything charted must be there first.
const ENDS = new Set(["recovery", "discharged", "not_treated"]);

export function makeThumb(root, { may, urls, act, open }) {
  let last = { name: null, at: 0 };

  /** A doubled tap is one tap. */
  function once(name, run) {
    const at = performance.now();
    if (last.name === name && at - last.at < TWICE) return;
    last = { name, at };
    run();
  }

  const fill = whenChanged(({ phase, isOpen, mayStart, tone, opened, hasUnsent }) => {
    const canStop = may.session && isOpen && (phase === "running" || phase === "paused");
    refill(root,
      tap("stop", [phase === "recovery" || phase === "discharged" ? "Stopped" : "Stop"], { classes: "is-help", icon: sign("late"), disabled: !canStop, run: () => act("stop") }),
      phaseTap(phase, isOpen && !(hasUnsent && ENDS.has(phase)), mayStart, opened),
      h("span"),
      panelTap("vitals", [h("span", {}, "Vitals", h("small", { "data-vitals": "" }))], { classes: `is-${tone}`, disabled: !(may.vitals && isOpen), opened }),
      panelTap("event", ["Event"], { disabled: !(may.session && isOpen), opened }),
      panelTap("rate", ["Rate"], { disabled: !(may.session && isOpen && (phase === "running" || phase === "paused")), opened }),
      panelTap("comfort", ["Comfort"], { disabled: !(may.vitals && isOpen), opened }),
      panelTap("note", ["Note"], { disabled: !(may.vitals && isOpen), opened }),
      tap("help", ["Help"], { classes: "is-help", disabled: !(may.vitals && isOpen), run: () => act("help") }));
  });

  function phaseTap(phase, isOpen, mayStart, opened) {
    const allowed = may.session && isOpen;
    switch (phase) {
      case "preparing": return panelTap("start", ["Start"], { classes: mayStart ? "is-main" : "", disabled: !allowed, opened });
      case "running": return tap("pause", ["Pause"], { disabled: !allowed, run: () => act("pause") });
      case "paused": return panelTap("resume", ["Resume"], { classes: "is-main", disabled: !allowed, opened });
      case "recovery": return link("Discharge", allowed && urls.discharge);
      default: return link("Sign", allowed && urls.sign);
    }
  }

  function tap(name, words, { classes = "", icon = null, disabled, run, expanded = null }) {
    return h("button", { class: `sw-tap ${classes}`, type: "button", "data-key": name, "data-tap": name, disabled, "aria-expanded": expanded, onclick: () => once(name, run) }, icon, ...words);
  }

  function panelTap(name, words, { classes = "", disabled, opened }) {
    return tap(name, words, { classes, disabled, expanded: String(opened === name), run: () => open(name) });
  }

  function link(words, href) {
    if (href) return h("a", { class: "sw-tap is-link", href, "data-key": "phase" }, words);
    return h("button", { class: "sw-tap", type: "button", disabled: true }, words);
  }

  function show(view, now, { opened, hasUnsent }) {
    const row = nextDue(view.due);
    const isLate = row && ["late", "escalate"].includes(row.state);
    const tone = isLate ? "late" : row?.state === "due" ? "due" : "next";
    fill({ phase: view.phase, isOpen: !view.isSigned, mayStart: view.mayStart, tone, opened, hasUnsent });
    const note = !row ? "" : row.at > now ? `next in ${span(row.at - now)}` : tone === "late" ? `late ${span(now - row.at)}` : "due now";
    setText(root.querySelector("[data-vitals]"), note);
  }

  return { show };
}
