"""Notifications: what changed since a target was last told, as one message, never twice for the same thing."""
