"""Kataban finds where the exact model number is still for sale. See docs/design.md."""
