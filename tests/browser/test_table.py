"""A table of one's own in the browser: chosen, dropped, broken; opened by a link elsewhere, where it stays unseen."""

from __future__ import annotations

from typing import Any

import numpy as np

import landscape as ls
from landscape.container import unpack

SMALL = "&model.hidden=4,3&grid.resolution=9,8&runs.0.steps=20"
SECRET_WORD = "marzipan"


def houses(rows: int = 60) -> bytes:
    random = np.random.RandomState(0)
    size, rooms = random.uniform(20, 200, rows), random.randint(1, 6, rows)
    price = 100 * size + 50 * rooms + random.randn(rows)
    return "\n".join(
        ["size,rooms,made of,price"]
        + [
            f"{size[row]:.2f},{rooms[row]},{SECRET_WORD if row % 3 else 'bricks'},{price[row]:.2f}"
            for row in range(rows)
        ]
    ).encode()


def choose_file(desk: Any, data: bytes, name: str = "houses.csv") -> None:
    with desk.page.expect_file_chooser() as chooser:
        desk.page.locator(".table-choose").first.click()
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": data})


def words(desk: Any) -> str:
    return str(desk.page.evaluate("document.body.textContent + JSON.stringify(window.landscape.scrubber.state.paths)"))


def visible(drawn: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """What is seen of the graphs; hidden traces still hold what was drawn of the scene before."""
    return {
        name: [it for it in items if not (isinstance(it, dict) and it.get("visible") is False)]
        for name, items in drawn.items()
    }


def test_one_visitors_table_is_never_anothers(visit: Any) -> None:
    """Two browsers: what the first computes from its table does not reach the second, which has its link."""
    mine = visit(f"/?data.kind=table{SMALL}")
    with mine.change():
        choose_file(mine, houses())
    mine.page.get_by_text("houses.csv, 60 rows, 4 columns.").wait_for()
    assert "rows of the table houses.csv" in mine.text("sentence")
    assert SECRET_WORD in words(mine)
    link, drawn = mine.search(), mine.drawn()
    assert "data.file=houses.csv" in link
    assert len(link) < 500

    other = visit(f"/{link}")
    sentence = "This scene needs houses.csv (60 rows, 4 columns). Choose it to see the picture."
    assert sentence in other.text("notices")
    assert "digits" in other.text("sentence")
    assert other.search() == link, "the address stays"
    assert SECRET_WORD not in words(other)
    assert other.drawn()["surface"] != drawn["surface"]
    answer = other.page.request.get(f"{other.url}/stream{link}")
    length = int.from_bytes(answer.body()[:4], "little")
    assert "digits" in unpack(answer.body()[4 : 4 + length])[0]["title"]
    assert SECRET_WORD.encode() not in answer.body()

    with other.change():  # whoever has the file sees the very picture
        choose_file(other, houses(), "a copy.csv")
    assert other.search() == link
    assert other.text("notices") == ""
    assert visible(other.drawn()) == visible(drawn)
    assert len(visible(drawn)["surface"]) > 1
    assert other.page.evaluate("document.cookie") == "", "no script sees the secret"


def test_what_cannot_be_read_is_told_under_the_control_and_the_picture_stays(visit: Any) -> None:
    desk = visit(f"/?data.kind=table{SMALL}")
    before, search = desk.drawn(), desk.search()
    error = desk.page.locator(".rail .table-error")
    choose_file(desk, b"a,b\n1,2\n3\n")
    error.get_by_text("Line 3 has 1 value; the header has 2.").wait_for()
    choose_file(desk, b"1" * 5_000_001)
    error.get_by_text("Got 5,000,001.").wait_for()
    assert desk.drawn() == before
    assert desk.search() == search
    drop = """([place, text]) => {
        const files = new DataTransfer();
        files.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
        place.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
    }"""
    with desk.change():
        place = desk.page.locator(".rail .table-drop").element_handle()
        desk.page.evaluate(drop, [place, houses().decode()])
    desk.page.get_by_text("dropped.csv, 60 rows, 4 columns.").wait_for()
    assert error.inner_text() == ""
    with desk.change():
        desk.choose("data.target", "made of")
    assert "data.target=3" in desk.search()
    data: Any = ls.Scene.from_query(desk.search()).data
    assert (data.task, data.classes) == ("classes", 2)


def test_five_megabytes_keep_nobody_waiting(page_at: Any, app_url: str) -> None:
    """While a file of 5 MB is read, the server's other answers come within half a second or three times the usual."""
    page = page_at()
    page.goto(f"{app_url}/healthz")
    data = b"1,22\n" * (ls.MOST_TABLE_BYTES // 5 - 2) + b"2,33\n3,44\n"
    page.evaluate("(text) => { window.body = text; }", data.decode())
    waits = page.evaluate(
        """async () => {
            const ask = async () => {
                const begun = performance.now();
                await fetch('/healthz');
                return performance.now() - begun;
            };
            const usual = [];
            for (let i = 0; i < 10; i++) usual.push(await ask());
            let open = true;
            const sent = fetch('/table?file=large.csv', { method: 'POST', body: window.body,
                headers: { 'X-Landscape': 'table' } }).then((answer) => answer.json()).finally(() => { open = false; });
            const busy = [];
            while (open) busy.push(await ask());
            return { usual, busy, told: await sent };
        }"""
    )
    assert "data" in waits["told"], waits["told"]
    assert len(waits["busy"]) > 3
    assert max(waits["busy"]) <= max(500.0, 3 * max(waits["usual"])), waits
