"""Which numbers cannot be a measurement of a living adult, and which are unlikely?

The outer range of each row is the reject tier: forms, actions and database checks use the same constant. The inner
range asks for a confirmation. Both are engineering limits for adults, not clinical thresholds; those are in the rules
of the step that uses them. Source: docs/clinical/plausibility.md.
"""

from clinic.kit.limits import limits

# What a bedside monitor measures carries one decimal: monitors send averages such as 76.5.
SYSTOLIC_MMHG = limits("Systolic pressure", "mmHg", "40..300", "80..200", decimals=1)
DIASTOLIC_MMHG = limits("Diastolic pressure", "mmHg", "20..200", "45..120", decimals=1)
PULSE_PRESSURE_MMHG = limits("Pulse pressure", "mmHg", ">0..280", "15..110", decimals=1)
HEART_RATE_BPM = limits("Heart rate", "per minute", "20..250", "45..140", decimals=1)
SPO2_PERCENT = limits("SpO₂", "%", "40..100", "85..", decimals=1)
RESPIRATORY_RATE_BPM = limits("Breathing rate", "per minute", "2..70", "8..30", decimals=1)
ETCO2_MMHG = limits("EtCO₂", "mmHg", "5..120", "25..60", decimals=1)
TEMPERATURE_C = limits("Temperature", "°C", "30..43.5", "35.0..38.5", decimals=1)
O2_FLOW_L_MIN = limits("Oxygen flow", "L/min", "0..60", "..10", decimals=1)

# Scales are whole numbers.
MOAAS = limits("Sedation (MOAA/S)", "", "0..5")
RASS = limits("Sedation (RASS)", "", "-5..4")
PAIN_NRS = limits("Pain", "", "0..10")
MOOD_NRS = limits("Mood", "", "0..10")
ANXIETY_NRS = limits("Anxiety", "", "0..10")

WEIGHT_KG = limits("Weight", "kg", "25..350", "40..180", decimals=1)
HEIGHT_CM = limits("Height", "cm", "100..250", "135..210", decimals=1)
AGE_YEARS = limits("Age", "years", "0..120", "18..89")

# IV ketamine, the depression profile.
MG_PER_KG = limits("Dose per weight", "mg/kg", ">0..3.0", "0.1..1.0", decimals=3)
DOSE_MG = limits("Dose", "mg", ">0..400", "..100", decimals=1)
INFUSION_MINUTES = limits("Infusion time", "min", "1..600", "20..120")
RATE_ML_H = limits("Pump rate", "mL/h", ">0..1200", "..250", decimals=1)
CONCENTRATION_MG_ML = limits("Concentration", "mg/mL", ">0..100", "..10", decimals=4)
BAG_VOLUME_ML = limits("Bag or syringe volume", "mL", ">0..1000", "10..500", decimals=2)
DRUG_IN_BAG_MG = limits("Drug in the bag", "mg", ">0..1000", "..200", decimals=2)
