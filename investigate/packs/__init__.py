"""Files that people write: policy packs, plans, market profiles; read strictly, with every problem named at its line.

    read("pack.toml", PolicyPack)  ->  PolicyPack        TOML or YAML, checked against a pydantic model
    policy_pack("")                ->  PolicyPack        the bundled sample pack

A new kind of file is a model made of `Part`s, in a module here, with a commented example in `data/samples/`.
"""

from __future__ import annotations

from .plan import Plan
from .policy import AREAS, PolicyPack, policy_pack
from .reading import Part, Problem, at, bundled, complain, read

__all__ = ["AREAS", "Part", "Plan", "PolicyPack", "Problem", "at", "bundled", "complain", "policy_pack", "read"]
