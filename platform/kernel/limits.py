"""How much one request may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """What a document, and the variables that it runs with, may hold at the most."""

    #: Characters, and tokens.
    length: int
    tokens: int
    #: Levels of fields, and of questions about the schema.
    depth: int
    introspection_depth: int
    #: Levels of selections, those of fragments included.
    nesting: int
    aliases: int
    directives: int
    operations: int
    #: Fields at the root of a mutation.
    mutations: int
    #: Fields that may be answered under one name in one place.
    repeats: int
    #: Items of a list that is given, levels of an input, and values of all variables together.
    list_items: int
    input_depth: int
    input_values: int
    #: Objects in the answer, and points of cost.
    nodes: int
    cost: int
