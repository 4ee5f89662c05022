// What has gone in, and when will it be through? From the charted steps, so that a stop without network counts at once.
// The server works out the same from the same steps; its figures are the ones that are signed.

import { HOUR } from "./time.js";

const NEXT = {
  waiting: ["start"],
  running: ["rate", "pause", "stop"],
  paused: ["rate", "resume", "stop"],
  ended: [],
};
const LEADS_TO = { start: "running", resume: "running", pause: "paused", stop: "ended" };

/** Steps in the order they happened; one that the pump cannot have done changes nothing. */
export function pump(steps, session, now) {
  const segments = [];
  let [state, rate, since, startedAt, stoppedAt, pausedAt] = ["waiting", 0, null, null, null, null];
  for (const step of steps) {
    if (!NEXT[state].includes(step.kind)) continue;
    if (since !== null && step.at > since) segments.push({ start: since, end: step.at, rate });
    state = LEADS_TO[step.kind] ?? state;
    if (step.data.rate_ml_h !== null && step.data.rate_ml_h !== undefined) rate = Number(step.data.rate_ml_h);
    since = state === "running" ? step.at : null;
    if (step.kind === "start") startedAt = step.at;
    if (step.kind === "pause") pausedAt = step.at;
    if (step.kind === "stop") stoppedAt = step.at;
  }
  if (since !== null) segments.push({ start: since, end: null, rate });
  return { state, segments, startedAt, stoppedAt, pausedAt, rate, ...amounts(segments, session, now, state) };
}

function amounts(segments, session, now, state) {
  const concentration = Number(session.concentration_mg_ml);
  const orderedMl = Number(session.ordered_mg) / concentration;
  const run = segments.reduce((sum, one) => sum + (one.rate * Math.max(0, Math.min(one.end ?? now, now) - one.start)) / HOUR, 0);
  const givenMl = Math.min(run, orderedMl);
  const rate = segments.at(-1)?.rate ?? Number(session.ordered_rate_ml_h);
  const leftMl = orderedMl - givenMl;
  return {
    givenMl,
    givenMg: givenMl * concentration,
    leftMl,
    isThrough: leftMl <= 0,
    endsAt: state === "running" ? now + (leftMl / rate) * HOUR : null,
  };
}
