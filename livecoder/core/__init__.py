"""Words every room shares: rationals, haps, events, errors, protocols. Imports no other room."""
