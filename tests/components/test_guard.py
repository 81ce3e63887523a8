"""Health and limits of the real app's server."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import Settings, create_app
from components.guard import MAX_BODY


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings()).server.test_client()


def test_health(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.mimetype == "text/plain"


def test_a_body_over_64_kib_is_refused(client: FlaskClient) -> None:
    assert MAX_BODY == 65_536
    answer = client.post("/_dash-update-component", data=b"x" * (MAX_BODY + 1), content_type="application/json")
    assert answer.status_code == 413


def test_a_body_within_the_limit_is_read(client: FlaskClient) -> None:
    answer = client.post("/_dash-update-component", data=b"[]" + b" " * (MAX_BODY - 2), content_type="application/json")
    assert answer.status_code != 413


def test_the_page_names_its_language_and_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/").text
    assert '<html lang="en">' in page
    assert "http://" not in page
    assert "https://" not in page


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "PORT", "LANDSCAPE_CACHE"):
        monkeypatch.delenv(name, raising=False)
    assert Settings.from_environment() == Settings("127.0.0.1", 8050, "")
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", "80")
    monkeypatch.setenv("LANDSCAPE_CACHE", "/tmp/x")
    assert Settings.from_environment() == Settings("0.0.0.0", 80, "/tmp/x")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "80.5"])
def test_a_port_that_is_none_is_refused_in_words(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=f"PORT must be a number from 1 to 65535. Got {port}."):
        Settings.from_environment()
