"""Experiments: what to run, the folder that holds it, the jobs it is made of, and the numbers that come out."""
