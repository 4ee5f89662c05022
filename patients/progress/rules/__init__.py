"""The journey of one person, as plain values. Import the module that answers the question."""
