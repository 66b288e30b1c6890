"""Certificates: verdicts about a way of playing that share no code with the solvers."""
