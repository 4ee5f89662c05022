"""Rules of the infusion, as pure functions. Import the module that answers the question."""
