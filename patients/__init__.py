"""The person: identity, courses of treatment, step 1 (assessment), step 2 (treatment plan), and the whole journey."""
