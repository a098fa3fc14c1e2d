"""An SDK of a weather service that wants its key in the query: `WEATHER_KEY=... python examples/weather.py http://...`.

The service calls the key `appid`, a name whose values restkit never shows; any other would be declared by `redact=`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from attrs import frozen
from typing_extensions import Unpack

from restkit import JSON, Async, BareResource, Client, Keywords, M, NotFound, Op, listing, operation, rename


class Units(StrEnum):
    """What temperatures and speeds are told in."""

    METRIC = "metric"
    IMPERIAL = "imperial"


class Language(StrEnum):
    """What the sky is described in."""

    ENGLISH = "en"
    GERMAN = "de"


@frozen
class Wind:
    """How the air moves: `gust_speed` is that of the strongest gust, if there are any."""

    speed: float
    gust_speed: float | None = None


@frozen
class Report:
    """What the weather is like, at one moment and place."""

    city_name: str
    observed_at: datetime
    air_temperature: float
    sky_description: str
    wind: Wind


@rename(chance_of_rain="pop")
@frozen
class Outlook:
    """What a day will be like; `chance_of_rain` is between 0 and 1."""

    day: date
    highest_temperature: float
    chance_of_rain: float


@frozen
class Fault:
    """What the service says went wrong."""

    error_code: str
    user_message: str


@frozen
class Failure:
    """The body of every answer that is an error."""

    error: Fault


class Cities(BareResource[Report, M], path="cities"):
    """The places that the service knows."""

    @operation
    def current(self, city: str, *, units: Units | None = None, lang: Language | None = None) -> Op[Report]:
        """Tell the weather of a city. Raises NotFound for one that the service does not know."""
        return self.call("GET", "{city}", city=city, params={"units": units, "lang": lang}, data_path="result.current")

    @listing
    def forecast(self, city: str, *, days: int = 3, units: Units | None = None) -> Op[list[Outlook]]:
        """Tell the next days of a city."""
        params = {"days": days, "units": units}
        return self.call("GET", "{city}/forecast", city=city, params=params, data_path="result.forecast.days")


class Weather(Client[M], base_url="https://api.weather.test", codec=JSON(rename="camel"), error_model=Failure):
    """The service's client: `Weather(key="...")`."""

    cities: Cities[M]

    def __init__(self, *, key: str, **settings: Unpack[Keywords]) -> None:
        settings["params"] = {**settings.get("params", {}), "appid": key}
        super().__init__(**settings)


AsyncWeather: TypeAlias = Weather[Async]


def blocking(address: str, key: str) -> None:
    """Ask for one city, and for one that there is not."""
    with Weather(base_url=address, key=key) as weather:
        report = weather.cities.current("Oslo", units=Units.METRIC, lang=Language.GERMAN)
        print(f"{report.city_name}: {report.air_temperature} °C, {report.sky_description}, {report.wind.speed} m/s")
        try:
            _ = weather.cities.current("Atlantis")
        except NotFound as error:
            print(error.url, error.data)


async def awaiting(address: str, key: str) -> None:
    """Ask for the next days."""
    async with AsyncWeather(base_url=address, key=key) as weather:
        async for outlook in weather.cities.forecast("Oslo", days=2):
            print(f"{outlook.day}: {outlook.highest_temperature} °C, rain {outlook.chance_of_rain:.0%}")


if __name__ == "__main__":
    blocking(sys.argv[1], os.environ["WEATHER_KEY"])
    asyncio.run(awaiting(sys.argv[1], os.environ["WEATHER_KEY"]))
