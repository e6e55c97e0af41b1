"""The tree of units (单位): 省–市–县–单位–部门, where levels may be left out.

Rooms: `tree` knows where a unit stands, `searching` finds one by part of its name or its pinyin, `files` reads what
offices hand in, `importing` brings it into the tree, `exporting` writes it down again.
"""

from campaigns.units.exporting import UnitLine, export_units, list_units
from campaigns.units.files import UnitFile, UnitRow, read_units
from campaigns.units.importing import MissingUnit, UnitsImported, import_units, plan_units
from campaigns.units.searching import FoundUnit, Listing, look_up, search
from campaigns.units.sought import sought_of
from campaigns.units.tree import (
    LEVELS,
    add,
    ancestors,
    called,
    children,
    find,
    is_admitted,
    names_above,
    read_code,
    takes_part,
    within,
)

__all__ = [
    "LEVELS",
    "FoundUnit",
    "Listing",
    "MissingUnit",
    "UnitFile",
    "UnitLine",
    "UnitRow",
    "UnitsImported",
    "add",
    "ancestors",
    "called",
    "children",
    "export_units",
    "find",
    "import_units",
    "is_admitted",
    "list_units",
    "look_up",
    "names_above",
    "plan_units",
    "read_code",
    "read_units",
    "search",
    "sought_of",
    "takes_part",
    "within",
]
