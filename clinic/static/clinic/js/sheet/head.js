// What does the head say? How long it runs, what is due next, and whether everything is saved.

import { h, refill, setText, shape, sign, whenChanged } from "./dom.js";
import { nextDue } from "./due.js";
import { HOUR, MINUTE, counted, hm, span, spanInWords } from "./time.js";

const DIAMOND = "M50 3l47 47-47 47L3 50z";
const OCTAGON = "M31 4h38l27 27v38L69 96H31L4 69V31z";
const LATE = new Set(["late", "escalate"]);
const STALE = MINUTE;
const FITS = 4; // characters that stand in the ring at full size

export function makeHead(root, { protocol }) {
  const part = (name) => root.querySelector(`[data-head="${name}"]`);
  const [clockLabel, clock, clockNote] = ["clock-label", "clock", "clock-note"].map(part);
  const [ringBox, dueTitle, dueNote, saved] = ["ring", "due-title", "due-note", "saved"].map(part);
  const [savedAloud, lateAloud] = ["saved-aloud", "late-aloud"].map((name) => document.querySelector(`[data-aloud="${name}"]`));
  const lockRoom = document.querySelector("[data-lock-room]");
  let told = null;

  const drawRing = whenChanged(({ tone, text, dash }) => refill(ringBox, ring(tone, text, dash)));
  const drawSaved = whenChanged(({ kind, text, link }) => {
    refill(saved, sign(kind), h("span", { class: kind === "late" ? "t-late" : kind === "due" ? "t-due" : "" }, ` ${text}`), link ? h("a", { href: link, class: "sw-signin" }, "Sign in") : null);
    setText(savedAloud, text);
  });

  function show(view, now, connection) {
    showClock(view, now);
    showDue(view, now);
    drawSaved(savedLine(connection, now));
    const isLocked = "locked" in document.documentElement.dataset;
    drawLock(isLocked ? { running: clockLabel.textContent, time: clock.textContent, due: dueTitle.textContent, tone: dueTitle.className } : null);
  }

  // Over the lock the room goes on: how long and what is due, and no name beside it.
  const drawLock = whenChanged((shown) => {
    lockRoom.hidden = !shown;
    if (!shown) {
      refill(lockRoom);
      return;
    }
    const { running, time, due, tone } = shown;
    refill(lockRoom, h("span", { class: "sw-plate" }, h("span", { class: "visually-hidden" }, "Room "), root.dataset.room), h("p", {}, `${running} `, h("strong", {}, time), h("br"), h("span", { class: tone }, due)));
  });

  function showClock({ phase, infusion, dischargedAt }, now) {
    const lines = {
      preparing: ["Now", hm(now), "not started"],
      running: ["Running", span(now - infusion.startedAt), infusion.isThrough ? "ordered dose is in" : `ends ${hm(infusion.endsAt ?? now)}`],
      paused: ["Paused", span(now - infusion.pausedAt), `started ${hm(infusion.startedAt ?? now)}`],
      recovery: ["Since the stop", span(now - infusion.stoppedAt), `stopped ${hm(infusion.stoppedAt ?? now)}`],
      discharged: ["Left", dischargedAt ? hm(dischargedAt) : "", ""],
      not_treated: ["Left", dischargedAt ? hm(dischargedAt) : "", "not treated"],
    }[phase];
    [clockLabel, clock, clockNote].forEach((element, place) => setText(element, lines[place]));
  }

  function showDue({ due, phase, readings, missing }, now) {
    const row = nextDue(due);
    if (!row) {
      const quiet = { preparing: ["Before the start", readings.length ? "" : "no reading yet"], recovery: ["Recovery", counted(missing.length, "point") + " open"] }[phase] ?? ["Nothing due", ""];
      ringBox.hidden = true;
      tell(quiet[0], quiet[1], "");
      return;
    }
    ringBox.hidden = false;
    const away = row.at - now;
    const tone = LATE.has(row.state) ? "late" : row.state === "due" ? "due" : "";
    const interval = (row.kind === "alert" ? protocol.every_alert_minutes : protocol.every_minutes) * MINUTE;
    drawRing({ tone, text: away > 0 ? span(away) : -away < HOUR ? `+${span(-away)}` : `+${Math.floor(-away / MINUTE)}`, dash: Math.round(Math.min(100, (Math.max(0, away) / interval) * 100)) });
    ringBox.firstElementChild.setAttribute("aria-label", away > 0 ? `${row.label} due in ${spanInWords(away)}` : `${row.label} ${tone} for ${spanInWords(-away)}`);
    const note = { "": "", due: `late at ${hm(row.at + protocol.grace_minutes * MINUTE)}`, late: "take it now, or say why not" }[tone];
    tell(tone ? `Vitals ${tone} since ${hm(row.at)}` : `Vitals at ${hm(row.at)}`, note, tone);
    const news = tone ? `${row.due_at} ${tone}` : null;
    if (news && news !== told) setText(lateAloud, `${row.label} ${tone} since ${hm(row.at)}`);
    told = news;
  }

  function tell(title, note, tone) {
    setText(dueTitle, title);
    dueTitle.className = tone ? `t-${tone}` : "";
    setText(dueNote, note || dueNote.dataset.who);
  }

  return { show };
}

/** Never "saved" before the server said so; never silent about what waits. */
export function savedLine({ waiting, oldestAt, savedAt, trouble, isDown, isSilent, isSignedOut, lastContact, signInUrl }, now) {
  const many = `${counted(waiting, "entry", "entries")} ${waiting === 1 ? "waits" : "wait"} to be sent`;
  const noContact = isSilent ? "Not connected: no answer yet." : "Not connected.";
  if (trouble) return { kind: "due", text: waiting ? `${trouble} ${many}` : trouble, link: isSignedOut ? signInUrl : null };
  if (waiting) {
    const isOld = now - oldestAt > STALE;
    return { kind: isDown || isOld ? "due" : "open", text: [isDown && noContact, isOld ? `${many}, since ${hm(oldestAt)}` : many].filter(Boolean).join(" ") };
  }
  if (isDown) return { kind: "due", text: `${noContact} Keep charting.` };
  if (now - lastContact > STALE) return { kind: "due", text: `No contact since ${hm(lastContact)}` };
  return savedAt ? { kind: "done", text: `Saved ${hm(savedAt)}` } : { kind: "done", text: "All saved" };
}

function ring(tone, text, dash) {
  const svg = shape("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" });
  if (tone) {
    svg.append(shape("path", { class: "plate", d: tone === "late" ? OCTAGON : DIAMOND }));
  } else {
    svg.append(
      shape("circle", { class: "track", cx: 50, cy: 50, r: 44 }),
      shape("circle", { class: "hand", cx: 50, cy: 50, r: 44, pathLength: 100, "stroke-dasharray": `${dash} 100`, transform: "rotate(-90 50 50)" }),
    );
  }
  return h("span", { class: `sw-ring ${tone ? `is-${tone}` : ""} ${text.length > FITS ? "is-long" : ""}`, role: "img" }, svg, h("b", { "aria-hidden": "true" }, text));
}
