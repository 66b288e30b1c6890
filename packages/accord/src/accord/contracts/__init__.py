"""Contracts: spaces of terms, and the institutions that put them in force."""
