"""The SDK of a weather service: its key goes with every call and is shown by none."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from examples.weather import Failure, Fault, Language, Outlook, Report, Units, Weather, Wind
from restkit import DecodeError, InputError, NotFound, RestkitError, Unauthorized
from tests.client.worlds import World
from tests.examples.conftest import KEY, Script
from tests.examples.shown import everything_of
from tests.examples.weather_api import WeatherApi


@pytest.fixture
def weather(world: World, api: WeatherApi) -> Any:
    """A client with the right key."""
    return world.client(Weather, base_url=api.url, key=KEY)


def test_a_report_is_read_out_of_its_envelopes(world: World, weather: Any) -> None:
    """With the names that Python wants."""
    expected = Report(
        city_name="Oslo",
        observed_at=datetime(2026, 1, 5, 11, tzinfo=UTC),
        air_temperature=-4.5,
        sky_description="overcast",
        wind=Wind(speed=3.0),
    )

    assert expected == world(weather.cities.current("Oslo"))


def test_units_and_language_are_sent_by_their_values(world: World, weather: Any, api: WeatherApi) -> None:
    """And change what is told."""
    report = world(weather.cities.current("Oslo", units=Units.IMPERIAL, lang=Language.GERMAN))

    assert (23.9, "bedeckt") == (report.air_temperature, report.sky_description)
    assert [("/cities/Oslo", {"appid": KEY, "units": "imperial", "lang": "de"})] == api.asked


def test_what_is_not_given_is_not_sent(world: World, weather: Any, api: WeatherApi) -> None:
    """The service has defaults of its own."""
    world(weather.cities.current("Oslo"))

    assert [("/cities/Oslo", {"appid": KEY})] == api.asked


def test_a_forecast_is_a_list_in_an_envelope(world: World, weather: Any) -> None:
    """One of its fields has a name of its own on the wire."""
    expected = [Outlook(date(2026, 1, 5), -3.5, 0.2), Outlook(date(2026, 1, 6), 1.0, 1.0)]

    assert expected == list(world.items(weather.cities.forecast("Oslo", days=2)))


def test_the_key_goes_with_every_call(world: World, weather: Any, api: WeatherApi) -> None:
    """Also with plain verbs, and from a view with parameters of its own."""
    world(weather.get("cities/Oslo"))
    world(weather.with_options(params={"units": "metric"}).cities.current("Oslo"))

    assert [KEY, KEY] == [query["appid"] for _, query in api.asked]


def test_further_parameters_and_settings_are_taken(world: World, api: WeatherApi) -> None:
    """As any client's."""
    weather = world.client(Weather, base_url=api.url, key=KEY, params={"mode": "test"}, deadline=5)

    world(weather.cities.current("Oslo"))

    assert ({"appid": KEY, "mode": "test"}, 5) == (api.asked[0][1], weather.settings.deadline)


def test_a_city_that_nobody_knows_is_not_found(world: World, weather: Any) -> None:
    """In the service's own words."""
    with pytest.raises(NotFound) as caught:
        world(weather.cities.current("Atlantis"))

    expected = Failure(Fault("no_such_city", "nobody knows /cities/Atlantis"))
    assert (expected, "cities/{city}") == (caught.value.data, caught.value.route)


@pytest.mark.parametrize("name", ["São Paulo", "Palma/Mallorca", "a?b=c", "../admin", "100%"])
def test_a_name_stays_one_name(world: World, weather: Any, api: WeatherApi, name: str) -> None:
    """Whatever is in it."""
    with pytest.raises(NotFound):
        world(weather.cities.current(name))

    assert [(f"/cities/{name}", {"appid": KEY})] == api.asked


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_is_none_is_not_sent(world: World, weather: Any, api: WeatherApi, name: str) -> None:
    """It would be another path."""
    with pytest.raises(InputError) as caught:
        world(weather.cities.current(name))

    assert ("city", []) == (caught.value.field, api.asked)


def test_a_field_of_the_wrong_type_is_named_as_it_came(world: World, weather: Any) -> None:
    """By its path in the whole answer, in the service's own names."""
    with pytest.raises(DecodeError) as caught:
        world(weather.cities.current("Babel"))

    assert "$.result.current.wind.speed" == caught.value.path


def test_an_empty_envelope_is_named(world: World, weather: Any) -> None:
    """By its path."""
    with pytest.raises(DecodeError) as caught:
        world(weather.cities.current("Limbo"))

    assert "$.result.current" == caught.value.path


def test_a_wrong_key_is_unauthorized_and_not_shown(
    world: World, api: WeatherApi, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even by a service that quotes it: only `data` holds what the service said."""
    caplog.set_level(logging.DEBUG)
    weather = world.client(Weather, base_url=api.url, key="wrong-canary")

    with pytest.raises(Unauthorized) as caught:
        world(weather.cities.current("Oslo"))
    caught.value.data = None

    assert "wrong-canary" not in everything_of(caught.value) + caplog.text


def broken(request: httpx.Request) -> httpx.Response:
    """A network that says where it could not go."""
    raise httpx.ConnectError(f"no way to {request.url}")


def test_no_error_of_the_wire_shows_the_key(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Not even if its cause does."""
    caplog.set_level(logging.DEBUG)
    weather = world.mocked(broken, Weather, key=KEY)

    with pytest.raises(RestkitError) as caught:
        world(weather.cities.current("Oslo"))
    caught.value.__cause__ = None

    assert KEY not in everything_of(caught.value) + caplog.text


def test_nothing_that_is_shown_holds_the_key(world: World, weather: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the client, nor its settings, nor a call, nor the log."""
    caplog.set_level(logging.DEBUG, "restkit")
    op = weather.cities.current.op("Oslo")
    world(weather.cities.current("Oslo"))

    assert KEY not in f"{weather!r} {weather.settings!r} {op!r} {weather.as_curl(op)}" + caplog.text
    assert "appid=[redacted]" in caplog.text


def test_the_script_runs(script: Script, api: WeatherApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocking first, then awaiting, with the key of the environment."""
    monkeypatch.setenv("WEATHER_KEY", KEY)
    fault = Fault("no_such_city", "nobody knows /cities/Atlantis")

    assert [
        "Oslo: -4.5 °C, bedeckt, 3.0 m/s",
        f"{api.url}/cities/Atlantis?appid=[redacted] {Failure(fault)}",
        "2026-01-05: -3.5 °C, rain 20%",
        "2026-01-06: 1.0 °C, rain 100%",
    ] == script("weather.py", api.url)
