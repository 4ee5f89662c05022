"""How is each form of the program sent so that it is taken, and where does what it says end up?"""

from tests.architecture.bad_input.cases_of_clinic import SIGN_IN
from tests.architecture.bad_input.cases_of_patients import ASSESSMENT, DUPLICATES, PERSON, PLANS, QUESTIONNAIRES
from tests.architecture.bad_input.cases_of_screen import SCREEN
from tests.architecture.bad_input.cases_of_sessions import CHARTING, FOLLOW_UP, VISITS

OF_THE_DESK = (*PERSON, *DUPLICATES, *QUESTIONNAIRES, *ASSESSMENT, *PLANS)
CASES = (*OF_THE_DESK, *VISITS, *CHARTING, *FOLLOW_UP, *SIGN_IN, *SCREEN)
