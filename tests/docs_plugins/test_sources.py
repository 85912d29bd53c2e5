"""Where the lines of a page came from, through snippets and front matter."""

from __future__ import annotations

from docs_plugins.sources import Origin, Origins


class Reader:
    """What snippets read files with."""

    def read_lines(self, path: str) -> list[str]:
        return [f"first of {path}", "second"]


def test_marks_come_off_as_they_went_on() -> None:
    origins = Origins("docs/a.md")
    lines = ["# Title", "", "text"]
    plain, found = origins.unmark(origins.mark(lines))
    assert plain == lines
    assert found == [Origin("docs/a.md", line) for line in (1, 2, 3)]


def test_front_matter_counts() -> None:
    origins = Origins("docs/a.md", offset=4)
    assert origins.unmark(origins.mark(["text"]))[1] == [Origin("docs/a.md", 5)]


def test_a_line_that_was_put_in_is_at_the_one_before_it() -> None:
    origins = Origins("docs/a.md")
    first, second = origins.mark(["one", "two"])
    _, found = origins.unmark([first, "put in", second])
    assert [origin.line for origin in found] == [1, 1, 2]


def test_lines_of_a_snippet_are_in_its_file() -> None:
    origins, reader = Origins("docs/a.md"), Reader()
    origins.follow(reader, lambda path: f"docs/{path}")
    page = origins.mark(["above", "below"])
    plain, found = origins.unmark([page[0], *reader.read_lines("part.md"), page[1]])
    assert plain == ["above", "first of part.md", "second", "below"]
    assert found == [
        Origin("docs/a.md", 1),
        Origin("docs/part.md", 1),
        Origin("docs/part.md", 2),
        Origin("docs/a.md", 2),
    ]


def test_lines_that_are_snippets_own_stay_as_they_are() -> None:
    lines = ['--8<-- "part.md"', "text", "--8<--", "part.md", "--8<--", "text"]
    marked = Origins("docs/a.md").mark(lines)
    assert [a == b for a, b in zip(lines, marked, strict=True)] == [
        *(True, False),
        *(True, True, True),
        False,
    ]
