// What does the sheet say now? The server's entries and those still on this device, as one list: a union, never a replace.

import { dueRows } from "./due.js";
import { pump } from "./pump.js";

const CORRECTIONS = new Set(["confirm", "retract"]);
const STEPS = new Set(["start", "rate", "pause", "resume", "stop"]);

/** Everything the page shows at this moment, derived afresh from the entries. */
export function view({ state, local, protocol, now }) {
  const entries = union(state.entries, local);
  const standing = entries.filter((entry) => !entry.retracted);
  const readings = standing.filter((entry) => entry.kind === "vitals");
  const infusion = pump(standing.filter((entry) => STEPS.has(entry.kind)), state.session, now);
  const discharge = standing.findLast((entry) => entry.kind === "discharge");
  const phase = phaseOf(infusion, discharge);
  return {
    session: state.session,
    phase,
    isSigned: state.session.is_signed,
    entries,
    readings,
    infusion,
    dischargedAt: discharge ? discharge.at : null,
    due: dueRows({ rows: state.due, readings, standing, infusion, phase, protocol, now }),
    drug: state.drug,
    readiness: state.readiness,
    mayStart: state.may_start,
    missing: state.missing_for_discharge,
    alerts: state.alerts,
    toConfirm: standing.filter((entry) => entry.to_confirm && !entry.confirmed),
  };
}

/** The newest value of a sign that holds, with when it was seen. */
export function latest(readings, field) {
  const reading = readings.findLast((one) => one.data[field] !== null && one.data[field] !== undefined);
  return reading ? { value: Number(reading.data[field]), at: reading.at } : null;
}

/** The value of a sign before the start: what a rise is measured against. */
export function baseline(readings, startedAt, field) {
  const before = readings.filter((one) => startedAt === null || one.at <= startedAt);
  return latest(before, field)?.value ?? null;
}

function union(fromServer, local) {
  const known = new Set(fromServer.map((entry) => entry.id));
  const waiting = local.filter((entry) => !known.has(entry.id));
  const all = [...fromServer, ...waiting.map((entry) => ({ ...entry, isWaiting: true }))];
  const corrections = waiting.filter((entry) => CORRECTIONS.has(entry.kind));
  return all
    .filter((entry) => !CORRECTIONS.has(entry.kind))
    .map((entry) => corrected({ ...entry, at: Date.parse(entry.occurred_at) }, corrections))
    .sort((one, other) => one.at - other.at || one.recorded_at.localeCompare(other.recorded_at) || one.id.localeCompare(other.id));
}

function corrected(entry, corrections) {
  for (const one of corrections.filter((correction) => correction.data.target === entry.id)) {
    if (one.kind === "confirm") entry.confirmed = true;
    else entry.retracted ??= { by: one.author, at: one.occurred_at, reason: one.data.reason };
  }
  return entry;
}

function phaseOf(infusion, discharge) {
  if (discharge) return infusion.startedAt === null ? "not_treated" : "discharged";
  return { waiting: "preparing", running: "running", paused: "paused", ended: "recovery" }[infusion.state];
}
