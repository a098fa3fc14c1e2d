"""Every campaign by name, with the seconds it may take."""

from __future__ import annotations

from attrs import frozen

BUDGETS = {
    "core": 120.0,
    "codec": 120.0,
    "wire": 300.0,
    "resilience": 480.0,
    "auth": 120.0,
    "cache": 180.0,
    "paging": 120.0,
    "query": 120.0,
}
"""Seconds for each campaign, its part under httpx2 included."""


@frozen(kw_only=True)
class Campaign:
    """A name, a budget in seconds, and the module whose `FIGURES` is the table."""

    name: str
    budget: float
    figures: str
    alone: bool = False
    """Whether it runs beside no other: it takes two processors itself."""


CAMPAIGNS = (
    Campaign(name="core", budget=BUDGETS["core"], figures="tests.campaign.core"),
    Campaign(name="codec", budget=BUDGETS["codec"], figures="tests.campaign.codec"),
    Campaign(name="wire", budget=BUDGETS["wire"], figures="tests.campaign.wire"),
    Campaign(name="resilience", budget=BUDGETS["resilience"], figures="tests.campaign.resilience", alone=True),
    Campaign(name="auth", budget=BUDGETS["auth"], figures="tests.campaign.auth"),
)
"""The campaigns there are. A new one is one row here and one module with its table."""


class UnknownCampaign(LookupError):
    """A name was asked for that no campaign has."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        """Take the unknown name and every known one."""
        super().__init__(f"no campaign is named {name!r}; there are: {', '.join(known)}")
        self.name = name
        self.known = known


def chosen(names: tuple[str, ...], campaigns: tuple[Campaign, ...] = CAMPAIGNS) -> tuple[Campaign, ...]:
    """Find the campaigns asked for by name, or all of them without a name."""
    known = {campaign.name: campaign for campaign in campaigns}
    for name in names:
        if name not in known:
            raise UnknownCampaign(name, tuple(known))
    return tuple(known[name] for name in dict.fromkeys(names or known))
