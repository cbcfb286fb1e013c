"""All that a rule's author imports, and the only module of bclint that a pack imports."""

from __future__ import annotations
