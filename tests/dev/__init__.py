"""The launcher, the demo and the seed."""
