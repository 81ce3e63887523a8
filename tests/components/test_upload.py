"""The route of tables: what it takes, what it refuses, and that a table is its visitor's alone on every way to it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

import landscape as ls
from app import Settings, create_app
from components import upload
from components.guard import MAX_BODY
from components.ids import Id, action, field
from components.visitor import COOKIE

HEADERS = {upload.HEADER: "table", "Sec-Fetch-Site": "same-origin"}
SECRET_WORD = "marzipan"
TABLE = (
    "size,shade,price\n" + "".join(f"{row},{SECRET_WORD if row % 2 else 'red'},{row * row}.5\n" for row in range(40))
).encode()


@pytest.fixture(scope="module")
def server() -> Any:
    return create_app(Settings()).server


@pytest.fixture
def visitor(server: Any) -> Callable[[], FlaskClient]:
    """``visitor()`` is one more browser, with cookies of its own."""
    return server.test_client


def send(client: FlaskClient, data: bytes = TABLE, name: str = "houses.csv", **headers: str) -> TestResponse:
    return client.post("/table", query_string={"file": name}, data=data, headers=HEADERS | headers)


# --- what it takes and refuses --------------------------------------------------------------------------------


def test_a_table_comes_in_and_a_secret_goes_out(visitor: Callable[[], FlaskClient]) -> None:
    answer = send(visitor())
    assert answer.status_code == 200
    told = dict(parse_qsl(answer.get_json()["data"]))
    assert (told["data.file"], told["data.rows"], told["data.columns"], told["data.target"]) == (
        "houses.csv",
        "40",
        "3",
        "3",
    )
    cookie = answer.headers["Set-Cookie"]
    assert re.match(rf"{COOKIE}=[\w-]{{43}};", cookie)
    for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in cookie
    assert "Secure" not in cookie
    assert "Expires" not in cookie, "it ends with the session"
    assert answer.headers["Cache-Control"] == "no-store"


def test_under_https_the_cookie_never_travels_in_the_open(server: Any) -> None:
    answer = server.test_client().post("https://localhost/table?file=a.csv", data=TABLE, headers=HEADERS)
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_visitor_keeps_the_secret_and_a_forged_one_is_replaced(visitor: Callable[[], FlaskClient]) -> None:
    client = visitor()
    first, second = (send(client).headers["Set-Cookie"] for _ in range(2))
    assert first == second
    for forged in ("", "x", "a" * 42, "a" * 44, "ä" * 43, "../" * 20):
        other = visitor()
        other.set_cookie(COOKIE, forged)
        assert re.match(rf"{COOKIE}=[\w-]{{43}};", send(other).headers["Set-Cookie"])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"a,b\n1,2\n3\n", "Line 3 has 1 value; the header has 2."),
        (b"PK\x03\x04xxxx", "zip archive"),
        (b"a,b\n" + b"x" * 10**6 + b",1\n", "Line 2 has a value of more than 131,072 characters."),
    ],
)
def test_what_is_no_table_is_told_by_its_line(visitor: Callable[[], FlaskClient], data: bytes, sentence: str) -> None:
    answer = send(visitor(), data)
    assert answer.status_code == 200
    assert sentence in answer.get_json()["error"]
    assert "Set-Cookie" not in answer.headers, "who has no table needs no secret"


def test_five_megabytes_are_taken_and_a_byte_more_is_not(visitor: Callable[[], FlaskClient]) -> None:
    row = b"1,22\n"
    data = row * (ls.MOST_TABLE_BYTES // len(row) - 2) + b"2,33\n3,44\n"
    assert len(data) == ls.MOST_TABLE_BYTES
    assert "data" in send(visitor(), data).get_json()
    answer = send(visitor(), data + b"\n")
    assert answer.status_code == 413
    assert answer.get_json()["error"].endswith("at most 5,000,000 bytes (5 MB). Got 5,000,001.")


def test_no_more_is_read_than_is_taken(server: Any) -> None:
    """A length that is not told, or is a lie: the body is left where it is."""

    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.taken += len(buffer)
            buffer[:] = b"1" * len(buffer)
            return len(buffer)

    for told in (None, "100000000", "-5", "many"):
        body = Endless()
        environ = EnvironBuilder("/table", method="POST", headers=HEADERS).get_environ()
        environ |= {"wsgi.input": body, "wsgi.input_terminated": True}
        environ.pop("CONTENT_LENGTH", None)
        if told is not None:
            environ["CONTENT_LENGTH"] = told
        pieces, status, _ = run_wsgi_app(server, environ)
        assert status.partition(" ")[0] in ("200", "400", "413"), (told, status)
        assert b"5 MB" in b"".join(pieces) or body.taken == 0
        assert body.taken <= ls.MOST_TABLE_BYTES + 4 * upload.PIECE


def test_a_body_that_breaks_off_is_told(server: Any) -> None:
    """As gunicorn does where chunks are none: it raises an error of its own, which werkzeug does not know."""

    class InvalidChunkSize(Exception):
        pass

    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            raise InvalidChunkSize("zz")

    environ = EnvironBuilder("/table", method="POST", headers=HEADERS).get_environ()
    environ |= {"wsgi.input": Broken(), "wsgi.input_terminated": True}
    environ.pop("CONTENT_LENGTH", None)
    pieces, status, _ = run_wsgi_app(server, environ)
    assert status.startswith("400 ")
    assert upload.TORN in b"".join(pieces).decode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {upload.HEADER: "1"},
        {upload.HEADER: "table", "Sec-Fetch-Site": "cross-site"},
        {upload.HEADER: "table", "Sec-Fetch-Site": "same-site"},
        {upload.HEADER: "table", "Sec-Fetch-Site": "none"},
    ],
)
def test_other_sites_cannot_send(visitor: Callable[[], FlaskClient], headers: dict[str, str]) -> None:
    answer = visitor().post("/table?file=a.csv", data=TABLE, headers=headers)
    assert (answer.status_code, answer.get_json()) == (403, {"error": upload.STRANGE})
    asked = visitor().options("/table", headers={"Origin": "https://elsewhere.example"})
    assert not any(name.lower().startswith("access-control") for name in dict(asked.headers))


def test_every_other_route_keeps_its_limit(visitor: Callable[[], FlaskClient]) -> None:
    body = b"x" * (MAX_BODY + 1)
    for path in ("/_dash-update-component", "/table/", "/stream"):
        answer = visitor().post(path, data=body, headers=HEADERS, content_type="application/json")
        assert answer.status_code in (404, 405, 413)
    assert visitor().post("/_dash-update-component", data=body, content_type="application/json").status_code == 413


def test_too_many_at_once_are_asked_to_wait(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[TestResponse] = []

    def meanwhile(*_args: Any) -> Any:
        if len(answers) < upload.AT_ONCE:
            answers.append(send(server.test_client()))
        raise ls.DataError("Enough.")

    monkeypatch.setattr(upload, "hold_table", meanwhile)
    send(server.test_client())
    assert (answers[0].status_code, answers[0].get_json()) == (503, {"error": upload.BUSY})
    monkeypatch.undo()
    assert send(server.test_client()).status_code == 200, "all places are free again"


NAMES = st.text(max_size=100) | st.sampled_from(["../../etc/passwd", "a\0b", "<script>", "x" * 10_000])
BODIES = st.binary(max_size=300) | st.text(st.sampled_from('a1,;"\n\r\t|.-'), max_size=200).map(str.encode)
KEYS = st.sampled_from([upload.HEADER, "Sec-Fetch-Site", "Cookie", "Content-Type", "Transfer-Encoding"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(BODIES, NAMES, st.dictionaries(KEYS, VALUES))
def test_whatever_is_sent_no_answer_is_a_failure_of_the_server(
    server: Any, data: bytes, name: str, headers: dict[str, str]
) -> None:
    answer = server.test_client().post("/table", query_string={"file": name}, data=data, headers=HEADERS | headers)
    assert answer.status_code < 500
    if answer.status_code == 200:
        assert answer.get_json().keys() in ({"data"}, {"error"})


# --- whose it is -----------------------------------------------------------------------------------------------


def link_of(answer: TestResponse) -> str:
    return f"{answer.get_json()['data']}&model.hidden=3&grid.resolution=5,5&runs.0.steps=3"


def settled(client: FlaskClient, server: Any, search: str, **more: Any) -> str:
    """All that the callback behind the page tells of an address, or of what is changed on its page."""
    app_output = next(output for output in DASH[id(server)].callback_map if Id.WHAT in output)
    values = more.get("values", {})
    fields = [{"id": field(key), "property": "value", "value": value} for key, value in values.items()]
    sent = more.get("sent")
    button = {"id": action(more.get("press", "draw")), "property": "n_clicks", "value": 1}
    changed = more.get("changed", f"{Id.LOCATION}.search")
    shown = None if changed == f"{Id.LOCATION}.search" else {"search": search}
    body = {
        "output": app_output,
        "outputs": [
            *({"id": id_, "property": prop} for id_, prop in (
                (Id.SCENE, "data"), (Id.LOCATION, "search"), (Id.WHAT, "children"), (Id.WHERE, "children"),
                (Id.WHO, "children"), (Id.NOTICES, "children"), (Id.TABS, "children"), (Id.TABS, "value"))),
            [{"id": field(key), "property": "error"} for key in values],
        ],
        "inputs": [
            {"id": Id.BEGUN, "property": "data", "value": True},
            {"id": Id.LOCATION, "property": "search", "value": search},
            [],
            [button],
            {"id": Id.TABS, "property": "value", "value": "curve"},
            {"id": Id.TABLE, "property": "data", "value": sent},
            fields,
        ],
        "state": [[{"id": place["id"], "property": "id", "value": place["id"]} for place in fields],
                  {"id": Id.SCENE, "property": "data", "value": shown}],
        "changedPropIds": [changed],
    }  # fmt: skip
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code in (200, 204), answer.text
    return answer.text


DASH: dict[int, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def remembered_apps() -> Any:
    """The Dash app of a server, by which its callbacks are known."""
    with pytest.MonkeyPatch.context() as patch:
        import app as assembly  # noqa: PLC0415

        made = assembly.layout.register

        def register(app: Any) -> None:
            DASH[id(app.server)] = app
            made(app)

        patch.setattr(assembly.layout, "register", register)
        yield


def test_the_owner_sees_it_and_nobody_else_does(server: Any, visitor: Callable[[], FlaskClient],
                                                 read_frames: Any) -> None:  # fmt: skip
    """Through its link, by the stream itself, by every part of the page, before and after it was computed."""
    owner, other, third = visitor(), visitor(), visitor()
    link = link_of(send(owner))
    send(other, b"a,b\n1,2\n2,3\n3,5\n4,4\n5,9\n6,1\n")  # who has a secret of another's own
    for _ in range(2):  # before and after the owner's results lie in the caches
        for stranger in (other, third):
            stream = stranger.get(f"/stream?{link}")
            metas = read_frames([stream.data])
            assert "digits" in metas[0]["title"]
            assert "table" not in metas[0]["title"]
            assert SECRET_WORD.encode() not in stream.data
            page = settled(stranger, server, f"?{link}")
            assert SECRET_WORD not in page
            assert "This scene needs houses.csv (40 rows, 3 columns). Choose it to see the picture." in page
            assert "Choose a CSV file" in page
        mine = read_frames([owner.get(f"/stream?{link}").data])
        assert "100 rows" not in mine[0]["title"]
        assert "32 rows of the table houses.csv" in mine[0]["title"]
        assert mine[-1]["done"]
        page = settled(owner, server, f"?{link}")
        assert SECRET_WORD in page, "the preview is the owner's"
        beside = [stranger.get(f"/stream?{link}&view.tab=beside").data for stranger in (owner, other)]
        assert b"8 rows of the table houses.csv of the test split" in beside[0]
        assert b"rows" not in beside[1]
        batches = f"/batch/2?{link}&runs.0.batch=4&view.batch=beside"
        told = {name: client.get(batches) for name, client in (("owner", owner), ("other", other))}
        assert {answer.status_code for answer in told.values()} == {200}
        assert told["owner"].data != told["other"].data
        assert b"sees 4 of 32 samples" in told["owner"].data
        assert "This scene needs" not in page


def test_a_stranger_learns_nothing_by_fields_buttons_and_forged_answers(
    server: Any, visitor: Callable[[], FlaskClient]
) -> None:
    owner, other = visitor(), visitor()
    data = send(owner, name="mine.csv").get_json()["data"]
    link = link_of(send(owner, name="mine.csv"))
    target = '{"key":"data.target","part":0,"type":"field"}.value'
    asked = {"changed": target, "values": {"data.target": "2"}}
    assert "data.target=2" in settled(owner, server, f"?{link}", **asked)
    asks: list[dict[str, Any]] = [
        asked,
        {"changed": f"{Id.TABLE}.data", "sent": {"data": data}},
        *({"changed": f'{{"index":0,"name":"{name}","type":"action"}}.n_clicks', "press": name}
          for name in ("suggest", "draw", "hold", "grid-start", "join", "use-best")),
    ]  # fmt: skip
    for ask in asks:
        told = settled(other, server, f"?{link}", **ask)
        assert SECRET_WORD not in told, ask
        assert "shade" not in told, ask


def test_beside_it_another_target_brings_its_own_sizes(
    server: Any, visitor: Callable[[], FlaskClient], read_frames: Any
) -> None:
    owner = visitor()
    link = f"{link_of(send(owner))}&plane.first=W1,0,0&plane.second=W1,0,1&view.tab=beside"
    metas = read_frames([owner.get(f"/stream?{link}&view.other=data.target,2").data])
    assert metas[-1]["done"]
    assert metas[-1]["props"][Id.BESIDE_WORD]["children"].startswith("Both span ")
    metas = read_frames([owner.get(f"/stream?{link}&view.other=data.header,no").data])
    said = metas[-1]["props"][Id.BESIDE_WORD]["children"]
    assert said == "column 3 cannot be predicted: 1 value is no number, in line 1: 'price'. Choose another target."


HALF = "\ud800"


@pytest.mark.parametrize(
    "search", [f"?{name}={HALF}" for name in ("view.other", "view.several", "model.text", "lesson", HALF)] + [HALF]
)
def test_half_a_letter_in_an_address_is_no_failure(
    server: Any, visitor: Callable[[], FlaskClient], search: str
) -> None:
    """JSON brings it, and no answer could bring it back."""
    assert '"multi":true' in settled(visitor(), server, search)


@pytest.mark.parametrize("key", ["view.other", "view.several", "data.target"])
def test_half_a_letter_in_a_field_is_told_in_words(server: Any, visitor: Callable[[], FlaskClient], key: str) -> None:
    changed = f'{{"key":"{key}","part":0,"type":"field"}}.value'
    told = settled(visitor(), server, "?data.kind=table", changed=changed, values={key: f"data.nothing,{HALF}"})
    assert '"error":"' in told
    assert "codec" not in told


NOTHING = '{"multi":true,"response":{}}'


@pytest.mark.parametrize("sent", [None, 5, "text", [], {"data": 5}, {"data": "data.kind=digits"}, {"data": "\0"},
                                  {"data": "data.kind=table&data.digest=" + "0" * 32}])  # fmt: skip
def test_a_forged_answer_moves_nothing(server: Any, visitor: Callable[[], FlaskClient], sent: Any) -> None:
    assert settled(visitor(), server, "?lesson=ravine", changed=f"{Id.TABLE}.data", sent=sent) == NOTHING


def test_several_processes_share_tables_and_keep_visitors_apart(tmp_path: Path, read_frames: Any) -> None:
    """Two apps on one folder, as two workers are: a table that one took is the visitor's in the other, too."""
    first, second = (create_app(Settings(cache=str(tmp_path))).server for _ in range(2))
    client = first.test_client()
    answer = send(client)
    secret = client.get_cookie(COOKIE)
    assert secret is not None
    for word, noun in ((secret.value, "rows of the table"), ("x" * 43, "digits"), (None, "digits")):
        visitor = second.test_client()
        if word:
            visitor.set_cookie(COOKIE, word)
        title = read_frames([visitor.get(f"/stream?{link_of(answer)}").data])[0]["title"]
        assert noun in title


# --- the very scene, or what fits ---------------------------------------------------------------------------------


def test_the_same_file_opens_the_very_scene_of_a_link(server: Any, visitor: Callable[[], FlaskClient]) -> None:
    link = link_of(send(visitor()))
    friend = visitor()
    asked = settled(friend, server, f"?{link}")
    assert "This scene needs houses.csv" in asked
    data = send(friend, name="other name.csv").get_json()["data"]
    told = settled(friend, server, f"?{link}", changed=f"{Id.TABLE}.data", sent={"data": data})
    scene = ls.Scene.from_query(link)
    assert f'"search":"?{scene.to_query()}"' in told
    assert "is another file" not in told


def test_another_file_is_said_to_be_one_and_shown(server: Any, visitor: Callable[[], FlaskClient]) -> None:
    link = link_of(send(visitor()))
    friend = visitor()
    data = send(friend, TABLE.replace(b"0.5", b"1.5"), "later.csv").get_json()["data"]
    told = settled(friend, server, f"?{link}", changed=f"{Id.TABLE}.data", sent={"data": data})
    assert "later.csv is another file than houses.csv (40 rows, 3 columns); it is shown with what fits." in told
    assert "data.file=later.csv" in told
    assert "model.hidden=3" in told


def test_a_shorter_file_is_shown_whole_without_a_reproach(server: Any, visitor: Callable[[], FlaskClient]) -> None:
    """Nobody typed the 100 samples of the scene before."""
    client = visitor()
    data = send(client).get_json()["data"]
    told = settled(client, server, "?data.samples=100", changed=f"{Id.TABLE}.data", sent={"data": data})
    assert "data.samples=32" in told
    assert "Samples must be" not in told


def test_a_model_that_cannot_take_the_file_gives_way(server: Any, visitor: Callable[[], FlaskClient]) -> None:
    client = visitor()
    data = send(client).get_json()["data"]
    told = settled(client, server, "?model.kind=classifier", changed=f"{Id.TABLE}.data", sent={"data": data})
    assert "Data must have classes for a linear classifier. Got numbers." in told
    assert "data.file=houses.csv" in told


def test_another_target_brings_its_own_sizes(server: Any, visitor: Callable[[], FlaskClient]) -> None:
    client = visitor()
    link = link_of(send(client))
    target = '{"key":"data.target","part":0,"type":"field"}.value'
    told = settled(client, server, f"?{link}", changed=target, values={"data.target": "2"})
    search = re.search(r'"search":"(\?[^"]*)"', told)
    assert search
    data: Any = ls.Scene.from_query(search.group(1)).data
    assert (data.target, data.task, data.classes, data.width) == (2, "classes", 2, 2)
    told = settled(client, server, "?data.kind=table", changed=target, values={"data.target": "9"})
    assert "Target must be at most 8, the columns. Got 9." in told


def test_another_model_is_shown_on_the_same_table(server: Any, visitor: Callable[[], FlaskClient]) -> None:
    client = visitor()
    link = link_of(send(client))
    kind = '{"key":"model.kind","part":0,"type":"field"}.value'
    kinds = {}
    for model in ("linear", "classifier", "function"):
        told = settled(client, server, f"?{link}", changed=kind, values={"model.kind": model})
        search = re.search(r'"search":"(\?[^"]*)"', told)
        assert search
        scene = ls.Scene.from_query(search.group(1))
        assert scene.model.kind == model
        kinds[model] = getattr(scene.data, "file", None)
    assert kinds == {"linear": "houses.csv", "classifier": None, "function": None}, "classes, or no data, are needed"
