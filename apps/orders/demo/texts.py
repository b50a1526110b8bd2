"""What people say in the orders of the demo data."""

from typing import Any

from apps.catalog.models import ServiceArea, ServiceSubcategory
from kernel.demo import Dice, read

#: What the slugs of services have in them that put something right again.
REPAIRS = ("repair", "clearing", "fault", "leak", "damp")
#: The trades that need no tools or materials of a building site.
PERSONAL = ("cleaning", "beauty-wellness", "lessons-care")


class Texts:
    """Sentences, chosen by chance and in the right language."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.texts: dict[str, Any] = read(__file__, "texts.json")

    def one(self, kind: str) -> str:
        """One sentence of a kind."""
        sentence: str = self.dice.choice(self.texts[kind])
        return sentence

    def request(
        self, service: ServiceSubcategory, language: str, area: ServiceArea
    ) -> tuple[str, str]:
        """A title and a description of what is wanted; English where the language has none."""
        titles = self.texts["titles"][service.slug]
        if language not in titles:
            language = "en"
        title = self.dice.choice(titles[language])
        if language == "en" and self.dice.chance(0.25):
            title = f"{title} ({area.name})"
        access = "access" if language == "en" else f"access_{language}"
        ways = self.texts[access]
        way = self.dice.choice(ways[area.city] if language == "en" else ways)
        details = self.texts["details"][language]
        fitting = [*details["any"], *details[_kind(service)]]
        said = self.dice.sample(fitting, self.dice.randint(1, 2))
        return title, " ".join([*said, way.format(area=area.name)])

    def bid(self, bidder: str, client: str, area: ServiceArea) -> str:
        """What a bidder says: in a language that both speak, else in English."""
        language = bidder if bidder == client else "en"
        said: str = self.dice.choice(self.texts["bids"][language])
        return said.format(area=area.name)

    def dispute(self, *, begun: bool) -> tuple[str, str]:
        """The kind of a disagreement, and what happened."""
        fitting = [d for d in self.texts["disputes"] if (d[0] != "NO_SHOW") == begun]
        kind, what = self.dice.choice(fitting)
        return kind, what


def _kind(service: ServiceSubcategory) -> str:
    """What kind of details are given about a service."""
    if any(word in service.slug for word in REPAIRS):
        return "repair"
    trade = service.category.parent
    return "people" if trade is not None and trade.slug in PERSONAL else "work"
