"""Agents: who acts for an organization, with which role, and how they were let in."""
