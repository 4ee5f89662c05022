"""Which conditions speak against ketamine, how strongly by route, and on whose word?

Three tiers: H, a hard stop that only the medical director may override, with a reason and a second signature; P, the
prescriber decides and gives a reason; I, for information. Source: docs/clinical/contraindications.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

RULE_SET_VERSION: Final = "US 2026.1"
JURISDICTION: Final = "US"

HARD_STOP: Final = "H"
PRESCRIBER: Final = "P"
INFORMATION: Final = "I"

IV: Final = "iv"
ESKETAMINE: Final = "esketamine"
ROUTES: Final[Mapping[str, str]] = {IV: "IV ketamine", ESKETAMINE: "Esketamine nasal spray"}

_LABEL: Final = "Esketamine label (US)"
_EU_LABEL: Final = "Esketamine label (EU)"
_CONSENSUS: Final = "ASRA, AAPM and ASA consensus, 2018"
_CLINIC: Final = "Clinic policy"


@dataclass(frozen=True)
class Contraindication:
    """One condition. `today_only` marks what is judged again on each day; `is_computed` comes from numbers."""

    code: str
    group: str
    title: str
    question: str
    tiers: Mapping[str, str]
    source: str
    evidence_hint: str
    today_only: bool = False
    is_computed: bool = False

    def tier(self, route: str) -> str:
        """Return H, P or I for a route."""
        return self.tiers[route]


def _both(tier: str) -> Mapping[str, str]:
    return {IV: tier, ESKETAMINE: tier}


CONTRAINDICATIONS: Final = (
    Contraindication(
        "under_18",
        "Person",
        "Under 18 years old",
        "Is the person under 18?",
        _both(HARD_STOP),
        _LABEL,
        "Birth date",
        is_computed=True,
    ),
    Contraindication(
        "no_capacity",
        "Person",
        "Cannot consent",
        "Is the person unable to understand and decide about this treatment?",
        _both(HARD_STOP),
        _CLINIC,
        "Who judged it and when; guardian or proxy",
    ),
    Contraindication(
        "hypersensitivity",
        "Allergy",
        "Hypersensitivity to ketamine or esketamine",
        "Has the person ever had an allergic reaction to ketamine, esketamine or what is in them?",
        _both(HARD_STOP),
        _LABEL,
        "What happened, when, and who treated it",
    ),
    Contraindication(
        "aneurysm_avm_bleed",
        "Heart and vessels",
        "Aneurysm, vessel malformation or past brain bleed",
        "Is there an aneurysm anywhere, an arteriovenous malformation, or a past bleed in the brain?",
        _both(HARD_STOP),
        _LABEL,
        "Imaging report with its date, or the letter that rules it out",
    ),
    Contraindication(
        "recent_cardiac_event",
        "Heart and vessels",
        "Heart attack or unstable angina in the last 6 weeks",
        "Has there been a heart attack, unstable angina or another cardiovascular event in the last 6 weeks?",
        _both(HARD_STOP),
        _EU_LABEL,
        "Date of the event, discharge letter",
    ),
    Contraindication(
        "recent_stroke",
        "Heart and vessels",
        "Stroke or TIA in the last 6 months",
        "Has there been an ischemic stroke or a TIA in the last 6 months?",
        _both(PRESCRIBER),
        _EU_LABEL,
        "Date of the event, discharge letter",
    ),
    Contraindication(
        "blood_pressure_180_110",
        "Heart and vessels",
        "Resting blood pressure 180/110 or more, confirmed",
        "Do two readings at rest, at least 5 minutes apart, reach 180 systolic or 110 diastolic?",
        _both(HARD_STOP),
        _CLINIC,
        "Two readings with times",
        today_only=True,
        is_computed=True,
    ),
    Contraindication(
        "blood_pressure_above_160_100",
        "Heart and vessels",
        "Resting blood pressure above 160/100",
        "Do two readings at rest, at least 5 minutes apart, exceed 160 systolic or 100 diastolic?",
        _both(PRESCRIBER),
        _CLINIC,
        "Two readings with times",
        is_computed=True,
    ),
    Contraindication(
        "blood_pressure_above_140_90",
        "Heart and vessels",
        "Resting blood pressure above 140/90",
        "Do two readings at rest, at least 5 minutes apart, exceed 140 systolic or 90 diastolic?",
        {IV: INFORMATION, ESKETAMINE: PRESCRIBER},
        "Example of elevated pressure in the esketamine label (US); a judgment, not a ban",
        "Two readings with times",
        is_computed=True,
    ),
    Contraindication(
        "heart_failure_valve_rhythm",
        "Heart and vessels",
        "Heart failure NYHA III or IV, severe valve disease or uncontrolled arrhythmia",
        "Is there heart failure NYHA class III or IV, severe valve disease or an arrhythmia that is not controlled?",
        _both(PRESCRIBER),
        _EU_LABEL,
        "ECG, echo or cardiology letter with its date",
    ),
    Contraindication(
        "raised_intracranial_pressure",
        "Brain and eyes",
        "Raised pressure in the head, mass or recent head injury",
        "Is there raised intracranial pressure, a mass in the head or a recent head injury?",
        _both(HARD_STOP),
        _CONSENSUS,
        "Imaging or neurology letter",
    ),
    Contraindication(
        "raised_eye_pressure",
        "Brain and eyes",
        "Glaucoma or raised eye pressure",
        "Is there glaucoma or raised pressure in the eye?",
        _both(PRESCRIBER),
        _CONSENSUS,
        "Last eye examination",
    ),
    Contraindication(
        "seizures",
        "Brain and eyes",
        "Seizures",
        "Has the person had seizures?",
        _both(PRESCRIBER),
        _CLINIC,
        "Last seizure, treatment, neurology letter",
    ),
    Contraindication(
        "psychosis",
        "Mind",
        "Current psychosis",
        "Is there a psychosis now, such as schizophrenia?",
        {IV: HARD_STOP, ESKETAMINE: PRESCRIBER},
        f"{_LABEL}: assess carefully; for IV clinic policy",
        "Mental-status examination with its date",
    ),
    Contraindication(
        "mania",
        "Mind",
        "Current mania or mixed state",
        "Is the person manic or in a mixed state now?",
        _both(HARD_STOP),
        _CLINIC,
        "Mental-status examination with its date, MDQ",
    ),
    Contraindication(
        "bipolar_disorder",
        "Mind",
        "Bipolar disorder",
        "Has bipolar disorder been diagnosed?",
        _both(PRESCRIBER),
        _EU_LABEL,
        "Type, last episode, mood stabilizer",
    ),
    Contraindication(
        "substance_use",
        "Mind",
        "Active moderate or severe substance use disorder",
        "Is there an active substance use disorder that is moderate or severe?",
        _both(PRESCRIBER),
        _CONSENSUS,
        "History, urine screen, prescription-monitoring check",
    ),
    Contraindication(
        "intoxicated_today",
        "Mind",
        "Intoxicated or in withdrawal today",
        "Is the person intoxicated or in withdrawal today?",
        _both(HARD_STOP),
        _CLINIC,
        "What was seen, by whom, and when",
        today_only=True,
    ),
    Contraindication(
        "pregnancy",
        "Body",
        "Pregnancy",
        "Is the person pregnant?",
        _both(HARD_STOP),
        "Esketamine label (US): not recommended",
        "Test with method and date, or why none is needed",
    ),
    Contraindication(
        "breast_feeding",
        "Body",
        "Breast-feeding",
        "Is the person breast-feeding?",
        _both(PRESCRIBER),
        "Esketamine label (US): not recommended",
        "As the person reports",
    ),
    Contraindication(
        "liver",
        "Body",
        "Severe liver disease, or ALT or AST above three times normal",
        "Is there liver disease Child-Pugh C, or ALT or AST above three times the upper limit?",
        _both(PRESCRIBER),
        _CONSENSUS,
        "ALT and AST with their date",
    ),
    Contraindication(
        "hyperthyroidism",
        "Body",
        "Untreated overactive thyroid",
        "Is there an overactive thyroid that is not treated?",
        _both(PRESCRIBER),
        _EU_LABEL,
        "TSH with its date",
    ),
    Contraindication(
        "bladder",
        "Body",
        "Ketamine cystitis, urinary symptoms or blood in the urine",
        "Has there been ketamine cystitis, or are there urinary symptoms or blood in the urine now?",
        _both(PRESCRIBER),
        _CLINIC,
        "Six bladder questions, urinalysis",
    ),
    Contraindication(
        "sleep_apnea_oxygen",
        "Body",
        "Severe untreated sleep apnea, or SpO₂ below 94 % on room air",
        "Is there severe sleep apnea without treatment, or SpO₂ below 94 % on room air?",
        _both(PRESCRIBER),
        _EU_LABEL,
        "Sleep study, CPAP use, SpO₂ on room air",
    ),
    Contraindication(
        "porphyria",
        "Body",
        "Porphyria",
        "Has porphyria been diagnosed?",
        _both(PRESCRIBER),
        _CLINIC,
        "Type and who follows it",
    ),
    Contraindication(
        "theophylline",
        "Medicines",
        "Takes theophylline or aminophylline",
        "Does the person take theophylline or aminophylline?",
        _both(PRESCRIBER),
        "Ketamine product information: lowers the seizure threshold",
        "Medicine list with its date",
    ),
)

BY_CODE: Final[Mapping[str, Contraindication]] = {condition.code: condition for condition in CONTRAINDICATIONS}
