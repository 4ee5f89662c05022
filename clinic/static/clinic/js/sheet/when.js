// When did it happen? Now, unless a chip says earlier. When it was typed is kept beside it anyway.

import { h } from "./dom.js";
import { MINUTE, fieldTime, hm, lastTimeAt, now } from "./time.js";

/** Chips for the moment of an entry. `value()` is that moment; "Now" means the moment of saving. */
export function whenChips() {
  let chosen = null;
  const shown = h("b", {}, hm(now()));
  const legend = h("legend", { class: "visually-hidden" }, "When it happened");
  const field = h("input", { class: "sw-timefield", type: "time", "aria-label": "Time it happened", hidden: true, onchange: typed, oninput: typed });
  const nowChip = chip("Now", () => set(null, nowChip));
  const otherChip = chip("Other", () => {
    set(chosen ?? Math.floor(now() / MINUTE) * MINUTE, otherChip);
    field.hidden = false;
    field.value = fieldTime(chosen);
    field.focus();
  });
  const chips = [nowChip, back(1), back(5), otherChip];

  function back(minutes) {
    const button = chip(`−${minutes} min`, () => set((chosen ?? now()) - minutes * MINUTE, button));
    return button;
  }

  function typed() {
    const moment = lastTimeAt(field.value, now());
    if (moment === null) return;
    chosen = moment;
    show();
  }

  function set(moment, pressed) {
    chosen = moment;
    field.hidden = pressed !== otherChip;
    for (const one of chips) one.setAttribute("aria-pressed", String(one === pressed));
    show();
  }

  function show() {
    shown.textContent = hm(chosen ?? now());
  }

  const timer = setInterval(show, 1000);
  set(null, nowChip);
  return {
    element: h("fieldset", { class: "sw-chips sw-wide sw-when" }, legend, h("span", { "aria-hidden": "true" }, "When", shown), ...chips, field),
    value: () => chosen ?? now(),
    close: () => clearInterval(timer),
  };
}

export function chip(words, onclick, pressed = false) {
  return h("button", { class: "sw-chip", type: "button", "aria-pressed": String(pressed), onclick }, words);
}

/** One choice out of a few; tapping the chosen one again takes it back. */
export function choice(legend, options, { onChange = () => {}, chosen = null, wraps = false, classes = "" } = {}) {
  let value = chosen;
  const buttons = options.map((option) => {
    const [key, words] = Array.isArray(option) ? option : [option, option];
    return chip(words, () => {
      value = value === key ? null : key;
      show();
      onChange(value);
    });
  });
  const keys = options.map((option) => (Array.isArray(option) ? option[0] : option));
  const show = () => buttons.forEach((button, place) => button.setAttribute("aria-pressed", String(keys[place] === value)));
  show();
  return {
    element: h("fieldset", { class: `sw-chips sw-wide ${wraps ? "is-wrapped" : ""} ${classes}` }, h("legend", { class: wraps ? "sw-legend" : "visually-hidden" }, legend), wraps ? null : h("span", { "aria-hidden": "true" }, legend), ...buttons),
    value: () => value,
    set(key) {
      value = key;
      show();
    },
  };
}
