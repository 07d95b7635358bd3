"""The money of a group: balances, settling up, payments, and what changed balances."""
