"""Everything that takes input, given what nobody types. `make fuzz` runs the thousands."""
