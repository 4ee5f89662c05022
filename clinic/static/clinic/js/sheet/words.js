// Which words does the sheet offer? Short lists first; what is not listed can be typed.

export const GRADES = [
  [1, "Mild"],
  [2, "Moderate"],
  [3, "Severe"],
  [4, "Life-threatening"],
  [5, "Death"],
];

/** The commonest in the room; the rest is one tap away. */
export const TERMS_FIRST = [
  "Nausea", "Vomiting", "Dizziness", "Headache", "Anxiety or panic", "Agitation",
  "Hypertension", "Desaturation", "Dissociation", "Sedation",
];

export const TERMS_MORE = [
  "Apnea", "Ataxia", "Blurred or double vision", "Bradycardia", "Chest pain", "Chills", "Confusion", "Crying",
  "Derealization", "Dry mouth", "Dysarthria", "Dysgeusia", "Dysphoria", "Euphoria", "Fall", "Hallucination",
  "Hypersalivation", "Hypotension", "Infiltration", "Insomnia", "Laryngospasm", ["left_against_advice", "Left against advice"], "Mania", "Nystagmus", "Palpitations",
  "Paranoia", "Paresthesia", "Rash or anaphylaxis", "Respiratory depression", "Seizure", "Suicidal ideation",
  "Sweating", "Syncope", "Tachycardia", "Tremor", "Urinary symptoms", "Vertigo",
];

export const ACTIONS = ["None", "Slowed down", "Paused", "Stopped", "Medicine given", "Transferred"];

export const EXPERIENCES = ["Calm", "Insight", "Tearful", "Emotional release", "Fear", "Perceptual change", "Floating", "Asleep"];

export const SKIP_REASONS = ["Asleep", "Declined", "In the bathroom", "Device not working"];
export const PAUSE_REASONS = ["IV site", "Pressure", "Nausea", "Anxiety", "Person asks", "Pump alarm"];
export const STOP_REASONS = ["Dose given", "Pressure", "Oxygen", "Anxiety", "Person asks", "Prescriber’s order"];
export const RETRACT_REASONS = ["Mistyped", "Wrong time", "Wrong person", "Did not happen"];

export const KINDS = {
  checklist: "Checks before the start", override: "Check overridden", vitals: "Vitals", skip: "Reading not done",
  start: "Started", rate: "Rate changed", pause: "Paused", resume: "Resumed", stop: "Stopped", draw: "Drawn",
  waste: "Wasted", return: "Returned unopened", event: "Event", comfort: "Experience", note: "Note", help: "Help called",
  discharge: "Discharge",
};

/** What one entry says, in a line. */
export function sayEntry({ kind, data }) {
  switch (kind) {
    case "vitals": return sayVitals(data);
    case "start": case "resume": case "rate": return `${Number(data.rate_ml_h)} mL/h`;
    case "pause": case "stop": return data.reason ?? "";
    case "event": return [termWord(data.term), gradeWord(data.grade), data.action_taken, data.detail].filter(Boolean).join(", ");
    case "comfort": return [data.chip, data.words].filter(Boolean).join(": ");
    case "note": return data.text;
    case "help": return data.detail ?? "";
    case "skip": return data.reason;
    case "override": return data.reason;
    case "draw": case "waste": case "return": return `${data.amount_mg} mg, lot ${data.lot}`;
    case "checklist": return `${Number(data.weight_kg)} kg`;
    default: return "";
  }
}

export function sayVitals(data) {
  const has = (name) => data[name] !== null && data[name] !== undefined;
  return [
    has("systolic_mmhg") && `BP ${Number(data.systolic_mmhg)}/${Number(data.diastolic_mmhg)}`,
    has("heart_rate_bpm") && `HR ${Number(data.heart_rate_bpm)}`,
    has("spo2_percent") && `SpO₂ ${Number(data.spo2_percent)} %`,
    has("respiratory_rate_bpm") && `RR ${Number(data.respiratory_rate_bpm)}`,
    has("moaas") && `MOAA/S ${Number(data.moaas)}`,
    has("temperature_c") && `${Number(data.temperature_c)} °C`,
    has("oxygen_l_min") && `O₂ ${Number(data.oxygen_l_min)} L/min`,
  ].filter(Boolean).join(", ");
}

/** The word of a term; a few terms have a code because the server acts on them. */
export function termWord(term) {
  return TERMS_MORE.find((one) => Array.isArray(one) && one[0] === term)?.[1] ?? term;
}

export function gradeWord(grade) {
  return (GRADES.find(([number]) => number === Number(grade))?.[1] ?? `grade ${grade}`).toLowerCase();
}
