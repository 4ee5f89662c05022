"""What is done to the deployment as a whole? It is opened, probed, worked for, backed up and restored."""

from clinic.operations.actions.backup import take_backup
from clinic.operations.actions.opening import give_new_password, let_in, open_site
from clinic.operations.actions.probe import readiness
from clinic.operations.actions.restore import read_backup, restore_backup
from clinic.operations.actions.worker import Worker

__all__ = [
    "Worker",
    "give_new_password",
    "let_in",
    "open_site",
    "read_backup",
    "readiness",
    "restore_backup",
    "take_backup",
]
