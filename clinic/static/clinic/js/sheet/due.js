// Which readings are due? The server's rows, and those that follow from the protocol until the server says more.
// Without network the clock must go on: a row that this device can foresee becomes due and late by itself.

import { MINUTE } from "./time.js";

const OPEN = new Set(["upcoming", "due", "late", "escalate"]);
const LABELS = { running: "Vitals", alert: "Closer watch", stop: "At the stop", recovery: "Recovery", start: "At the start" };

export function dueRows({ rows, readings, standing, infusion, phase, protocol, now }) {
  const known = rows.map((row) => ({ ...row, label: LABELS[row.kind] ?? row.label, at: Date.parse(row.due_at), metAt: row.met_by ? Date.parse(row.met_by) : null }));
  const kept = known.filter((row) => row.state !== "upcoming" || !isOvertaken(row, infusion));
  const foreseen = phase === "discharged" || phase === "not_treated" ? [] : foresee(kept, infusion, protocol);
  const all = [...kept, ...foreseen].sort((one, other) => one.at - other.at);
  const skipped = new Set(standing.filter((entry) => entry.kind === "skip").map((entry) => Date.parse(entry.data.due_at)));
  const pending = readings.filter((reading) => reading.isWaiting).map((reading) => reading.at);
  const met = meet(all, pending, protocol);
  const lastReading = readings.at(-1)?.at ?? null;
  return all.map((row) => ({ ...row, ...standingOf(row, { met, skipped, lastReading, protocol, now }) }));
}

/** The first row that still waits for a reading. */
export function nextDue(rows) {
  return rows.find((row) => OPEN.has(row.state)) ?? null;
}

/** A row of the running infusion that a stop, not yet known to the server, has overtaken. */
function isOvertaken(row, infusion) {
  return infusion.stoppedAt !== null && ["running", "alert"].includes(row.kind) && row.at > infusion.stoppedAt;
}

function foresee(known, infusion, protocol) {
  if (infusion.startedAt === null) return [];
  const rows = [];
  const add = (at, kind) => {
    const near = [...known, ...rows].some((row) => Math.abs(row.at - at) < protocol.early_minutes * MINUTE && row.kind !== "baseline");
    if (!near) rows.push({ at, due_at: new Date(at).toISOString(), kind, label: LABELS[kind], state: "upcoming", metAt: null, isForeseen: true });
  };
  add(infusion.startedAt, "start");
  const end = infusion.stoppedAt ?? infusion.endsAt;
  if (infusion.stoppedAt === null) {
    const every = known.some((row) => row.kind === "alert" && row.state === "upcoming") ? protocol.every_alert_minutes : protocol.every_minutes;
    const last = Math.max(infusion.startedAt, ...known.filter((row) => row.kind !== "baseline").map((row) => row.at));
    const until = end ?? last + every * MINUTE;
    for (let at = last + every * MINUTE; at <= until - (end ? protocol.early_minutes * MINUTE : 0); at += every * MINUTE) add(at, "running");
  }
  if (end !== null) {
    add(end, "stop");
    for (const after of protocol.recovery_minutes) add(end + after * MINUTE, "recovery");
  }
  return rows;
}

/** Each reading that is still on this device meets the last row whose time has nearly come. */
function meet(rows, readings, protocol) {
  const met = new Map();
  for (const at of readings) {
    const row = rows.findLast((one) => one.at <= at + protocol.early_minutes * MINUTE && one.kind !== "baseline");
    if (row && !met.has(row)) met.set(row, at);
  }
  return met;
}

function standingOf(row, { met, skipped, lastReading, protocol, now }) {
  if (!OPEN.has(row.state)) return {};
  if (met.has(row)) return { state: "done", metAt: met.get(row) };
  if (skipped.has(row.at)) return { state: "skipped" };
  if (now < row.at) return { state: "upcoming" };
  if (lastReading !== null && lastReading > row.at && !row.isForeseen) return { state: "missed" };
  const lateBy = now - row.at;
  if (lateBy <= protocol.grace_minutes * MINUTE) return { state: "due" };
  return { state: lateBy <= protocol.escalate_minutes * MINUTE ? "late" : "escalate" };
}
