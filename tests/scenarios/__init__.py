"""How does a test reach a state? By builders that call the real actions, one module per slice."""
