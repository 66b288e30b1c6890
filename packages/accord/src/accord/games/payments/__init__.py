"""Payments: banks that owe each other money during the day, liquidity that costs, and delay that costs too."""
