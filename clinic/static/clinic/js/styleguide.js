// What does the style guide need a script for? The keypad, which no template draws.

import { keypad } from "./sheet/keypad.js";

const LIMITS = { reject: ["20", "300"], confirm: ["40", "250"], alert: ["50", "180"], decimals: 0 };
const FIELDS = [
  { name: "pressure", label: "BP mmHg", isPressure: true, limit: LIMITS, lowerLimit: LIMITS, previous: "10:15: 128/78" },
  { name: "heart_rate_bpm", label: "HR /min", limit: LIMITS, previous: "10:15: 72" },
];

const place = document.querySelector("[data-keypad]");
const pad = keypad(FIELDS, { onChange: () => {}, onDone: () => {} });
place.append(pad.reads, pad.keys);
