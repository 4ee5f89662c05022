"""How is each form of the program sent so that it is taken, and where does what it says end up?"""

from tests.architecture.bad_input.cases_of_clinic import SIGN_IN
from tests.architecture.bad_input.cases_of_patients import ASSESSMENT, PERSON, PLANS, QUESTIONNAIRES
from tests.architecture.bad_input.cases_of_screen import SCREEN
from tests.architecture.bad_input.cases_of_sessions import CHARTING, FOLLOW_UP, VISITS

CASES = (*PERSON, *QUESTIONNAIRES, *ASSESSMENT, *PLANS, *VISITS, *CHARTING, *FOLLOW_UP, *SIGN_IN, *SCREEN)
