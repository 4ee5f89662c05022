// What asks for somebody right now? Above the graph, the gravest first.

import { h, refill, sign, whenChanged } from "./dom.js";
import { MINUTE, hm } from "./time.js";
import { KINDS, sayEntry } from "./words.js";

const HELP_SHOWN = 15 * MINUTE;
const GRAVE = new Set(["stop", "pause"]);
const SEVERE = 3;

export function makeBanners(root, sheet, { may, urls, record, dismiss, open }) {
  const seen = new Set();

  const fill = whenChanged((banners) => {
    root.hidden = banners.length === 0;
    refill(root, banners.map(callout));
    // What has to be scrolled can be reached with the keyboard.
    if (root.scrollHeight > root.clientHeight) root.tabIndex = 0;
    else root.removeAttribute("tabindex");
  });

  const callout = ({ key, tone, strong, text, acts }) => h(
    "div", { class: `sw-callout is-${tone}`, role: tone === "late" ? "alert" : null, "data-key": key }, sign(tone),
    h("p", {}, h("strong", {}, strong), text ? ` ${text}` : ""),
    acts.map(([words, act]) => (typeof act === "string" ? h("a", { class: "sw-tap", href: act }, words) : h("button", { class: "sw-tap", type: "button", "data-key": `${key}-${words}`, onclick: () => run[act.run](act) }, words))),
  );

  const run = {
    seen: ({ id }) => {
      seen.add(id);
      sheet.dispatchEvent(new CustomEvent("sheet:changed"));
    },
    confirm: ({ id }) => record("confirm", { target: id }),
    retract: ({ id }) => open("retract", { id }),
    dismiss: ({ id }) => dismiss(id),
  };

  function show(view, now, { isKept, refused }) {
    // What is grave stays until somebody has seen it, or has taken vitals since and a while has gone by.
    const lastReading = view.readings.at(-1)?.at ?? -Infinity;
    const isOpen = (entry) => !entry.retracted && !seen.has(entry.id) && (now - entry.at < HELP_SHOWN || entry.at > lastReading);
    const calls = view.entries.filter((entry) => entry.kind === "help" && isOpen(entry));
    const severe = view.entries.filter((entry) => entry.kind === "event" && Number(entry.data.grade) >= SEVERE && isOpen(entry));
    const alerts = view.isSigned ? [] : view.alerts;
    fill([
      !isKept && { key: "kept", tone: "late", strong: "This device cannot keep entries.", text: "Chart on paper and fetch another tablet. What you enter here is lost if this page closes.", acts: [] },
      ...refused.map((one) => ({ key: `refused-${one.id}`, tone: "late", strong: `Not saved: ${KINDS[one.entry.kind] ?? "Correction"} ${hm(Date.parse(one.entry.occurred_at))}${sayEntry(one.entry) ? `, ${sayEntry(one.entry)}` : ""}.`, text: one.isElsewhere ? `${one.refused} It was charted on another sheet.` : one.refused, acts: [["Understood", { run: "dismiss", id: one.id }]] })),
      ...calls.map((entry) => ({ key: `help-${entry.id}`, tone: "late", strong: `Help called ${hm(entry.at)}.`, text: entry.isWaiting ? "Not sent yet: call out loud." : entry.author, acts: [["Help is here", { run: "seen", id: entry.id }]] })),
      ...severe.map((entry) => ({ key: `event-${entry.id}`, tone: "late", strong: `${sayEntry(entry)}, ${hm(entry.at)}.`, text: "", acts: [["Seen", { run: "seen", id: entry.id }]] })),
      ...alerts.map((alert) => ({ key: `alert-${alert.sentence}`, tone: GRAVE.has(alert.level) ? "late" : "due", strong: alert.sentence, text: hm(Date.parse(alert.occurred_at)), acts: [] })),
      ...(view.isSigned ? [] : view.toConfirm).map((entry) => ({ key: `confirm-${entry.id}`, tone: "due", strong: `${KINDS[entry.kind]} ${hm(entry.at)}:`, text: entry.to_confirm, acts: confirmActs(entry) })),
      view.isSigned && { key: "signed", tone: "open", strong: "Signed: this sheet is read only.", text: "What comes later is an addendum.", acts: urls.record ? [["Open the record", urls.record]] : [] },
    ].filter(Boolean));
    sheet.classList.toggle("is-alarm", calls.length > 0 || severe.length > 0 || alerts.some((alert) => GRAVE.has(alert.level)));
  }

  function confirmActs(entry) {
    return may.vitals ? [["It is right", { run: "confirm", id: entry.id }], ["Take back", { run: "retract", id: entry.id }]] : [];
  }

  return { show };
}
