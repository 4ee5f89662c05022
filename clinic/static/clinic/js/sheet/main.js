// The sheet of one session: what is tapped is kept on this device, sent until acknowledged, and shown at once.

import { makeBanners } from "./banners.js";
import { makeChart } from "./chart.js";
import { pageData } from "./dom.js";
import { makeHead } from "./head.js";
import { guardLinks } from "./leaving.js";
import { makeLog, makeTable } from "./log.js";
import { view as viewOf } from "./model.js";
import { openOutbox, uuid7 } from "./outbox.js";
import { makePanels } from "./panels.js";
import { makeSide } from "./side.js";
import { startSync } from "./sync.js";
import { makeThumb } from "./thumb.js";
import { SECOND, iso, now, setClock, useZone } from "./time.js";

const CHART_EVERY = 5 * SECOND;

async function start(sheet) {
  let state = pageData("sheet-state");
  const { urls, limits, protocol, ticket, author, may, sign_in: signInUrl, look } = pageData("sheet-page");
  const [{ requestStart, responseStart }] = performance.getEntriesByType("navigation");
  setClock(state.server_now, performance.timeOrigin + requestStart, performance.timeOrigin + responseStart);
  useZone(state.session.site_zone);

  const rules = { limits, rise: protocol.rise };
  const answered = new Map(); // taken in by the server, and not yet in the state this page has
  const connection = { waiting: 0, oldestAt: 0, savedAt: null, trouble: null, isDown: false, isSilent: false, isSignedOut: false, lastContact: now(), signInUrl };
  let isKept = true;
  let view;
  let drawnAt = 0;

  const outbox = await openOutbox((problem) => {
    isKept = false;
    console.warn("The outbox is not kept:", problem.message);
    if (view) refresh();
  });

  const mine = () => outbox.all().filter((record) => record.session === state.session.id);
  const waiting = () => outbox.all().filter((record) => record.refused === null);
  const local = () => [
    ...mine().filter((record) => record.refused === null).map((record) => ({ ...record.entry, author: record.author, isWaiting: true })),
    ...answered.values(),
  ];

  const part = (name) => sheet.querySelector(`[data-part="${name}"]`);
  const graph = part("graph");
  const log = part("log");
  const tools = { may, urls, record, open, rules, act, dismiss };
  const head = makeHead(sheet, { protocol });
  const chart = makeChart(part("plot"));
  const table = makeTable(part("table"));
  const entries = makeLog(log, { ...tools, close: () => showLog(false) });
  const side = makeSide(sheet, tools);
  const banners = makeBanners(part("banners"), sheet, tools);
  const panels = makePanels(sheet, { rules, view: () => view, record, changed: () => refresh() });
  const thumb = makeThumb(part("thumb"), tools);
  const links = guardLinks(sheet, sheet.querySelector("[data-toasts]"), () => connection.isDown);

  function open(name, subject) {
    if (name === "log") showLog(true);
    else panels.open(name, subject);
  }

  function showLog(isShown) {
    log.hidden = !isShown;
    graph.hidden = isShown;
    sheet.classList.toggle("is-log", isShown);
    refresh();
    (isShown ? log.querySelector("button") : sheet.querySelector("[data-key=all]"))?.focus();
  }

  /** What is one tap: it is charted first, the reason may follow. */
  function act(name) {
    const wasThrough = view.infusion.isThrough;
    record(name, {});
    const isBusy = panels.opened() !== null;
    if (name === "pause" && !isBusy) panels.open("pausedWhy", { at: now() });
    if (name === "stop" && !isBusy && !wasThrough) panels.open("stoppedWhy", { at: now() });
  }

  async function record(kind, data, at = now()) {
    const typedAt = now();
    await outbox.add({
      id: uuid7(typedAt), kind, data, occurred_at: iso(Math.min(at, typedAt)), recorded_at: iso(typedAt), author_ticket: ticket,
      url: urls.entries, session: state.session.id, author,
    });
    document.dispatchEvent(new CustomEvent("screen:tapped"));
    refresh();
    sync.send();
  }

  async function dismiss(id) {
    await outbox.remove(id);
    refresh();
  }

  function refresh() {
    const moment = now();
    const unsent = waiting();
    Object.assign(connection, { waiting: unsent.length, oldestAt: unsent.length ? Date.parse(unsent[0].entry.recorded_at) : 0 });
    view = viewOf({ state, local: local(), protocol, now: moment });
    head.show(view, moment, connection);
    side.show(view, moment);
    thumb.show(view, moment, { opened: panels.opened(), hasUnsent: waiting().length > 0 });
    links.settle();
    banners.show(view, moment, { isKept, refused: outbox.all().filter((one) => one.refused !== null).map((one) => ({ ...one, isElsewhere: one.session !== state.session.id })) });
    table(view.readings.map(({ at, data }) => ({ at, data })));
    sheet.classList.toggle("is-preparing", view.phase === "preparing");
    if (!log.hidden) entries.show(view);
    if (!graph.hidden) {
      chart.draw(view, moment);
      drawnAt = moment;
    }
  }

  /** Each second only what counts down; the graph moves more slowly. */
  function tick() {
    const moment = now();
    if (moment - drawnAt >= CHART_EVERY) {
      refresh();
      return;
    }
    view = viewOf({ state, local: local(), protocol, now: moment });
    head.show(view, moment, connection);
    side.show(view, moment);
    thumb.show(view, moment, { opened: panels.opened(), hasUnsent: waiting().length > 0 });
  }

  const sync = startSync({
    outbox,
    urls: { state: urls["sheet-state"] },
    look,
    onFate(record, fate) {
      connection.lastContact = now();
      if (fate.fate !== "refused") {
        connection.savedAt = now();
        if (record.session === state.session.id) answered.set(record.id, { ...record.entry, author: record.author, to_confirm: fate.fate === "confirm" ? fate.sentence : "" });
      }
      refresh();
    },
    onState(fresh) {
      connection.lastContact = now();
      trouble(waiting().length && connection.kind !== "silent" ? connection.kind : null, connection.trouble);
      state = fresh;
      for (const entry of fresh.entries) answered.delete(entry.id);
      refresh();
    },
    onTrouble(kind, sentence) {
      trouble(kind, sentence);
      refresh();
    },
  });

  function trouble(kind, sentence) {
    if (kind === "locked") document.dispatchEvent(new CustomEvent("screen:refused"));
    Object.assign(connection, { kind, trouble: kind ? sentence : null, isDown: kind === "down" || kind === "silent", isSilent: kind === "silent", isSignedOut: kind === "signed-out" });
  }

  sheet.addEventListener("sheet:changed", refresh);
  document.addEventListener("screen:locked", refresh);
  window.addEventListener("beforeunload", (event) => {
    if (!isKept && waiting().length) event.preventDefault();
  });
  refresh();
  setInterval(tick, SECOND);
  sheet.dataset.ready = "";
}

start(document.querySelector("[data-sheet]"));
