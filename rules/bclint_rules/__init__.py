"""The rules that are shipped with bclint: one folder each."""

from bclint.api import RulePack

PACK = RulePack.from_package(__name__)
