"""The shape of value: what all policies of a process are worth, how learning moves through it, what represents it."""
