"""Which lines of a page are a block of ours, which only look like one, which are someone else's."""

import pytest

from docs_plugins.fences import find


def lines(text):
    return text.strip("\n").split("\n")


def test_a_block_holds_its_lines_and_where_they_are():
    (fence,) = find(lines("text\n\n```minigrad\na\n\nb\n```\nmore")).fences
    assert (fence.first, fence.last, fence.text, fence.show) == (2, 6, "a\n\nb", False)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("> ```minigrad\n> a\n>\n> b\n> ```", "a\n\nb"),
        ("- item\n\n    ```minigrad\n    a\n\n      b\n    ```", "a\n\n  b"),
        ("> > ```minigrad\n> > a\n> > ```", "a"),
        ("~~~minigrad\na\n~~~", "a"),
        ("````minigrad\n```\n````", "```"),
        ("``` minigrad\na\n```", "a"),
        ("```minigrad\n```", ""),
    ],
)
def test_prefixes_and_ticks_of_a_block(text, inside):
    (fence,) = find(lines(text)).fences
    assert fence.text == inside


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("<!--\n```minigrad\na\n```\n-->", 0),
        ("<!-- off\n```minigrad\na\n```\n-->\n\n```minigrad\nb\n```", 1),
        ("> <!--\n> ```minigrad\n> a\n> ```\n> -->", 0),
        ("<!-- more -->\n```minigrad\na\n```", 1),
        ("<!-- never ended\n```minigrad\na\n```", 1),
        ("<!--\n```minigrad\na\n```\n--> and text", 1),
        ("```\n<!--\n```\n```minigrad\na\n```\n-->", 1),
    ],
)
def test_a_block_in_a_comment_is_none(text, count):
    assert len(find(lines(text)).fences) == count


def test_many_comments_without_an_end_are_looked_through_once():
    assert find(["<!--"] * 200_000).fences == []


def test_show_lists_the_block():
    (fence,) = find(lines("```minigrad show\na\n```")).fences
    assert fence.show


@pytest.mark.parametrize(
    "text",
    [
        "````md\n```minigrad\na\n```\n````",
        "~~~text\n```minigrad\na\n```\n~~~",
        "> ````md\n> ```minigrad\n> a\n> ```\n> ````",
    ],
)
def test_a_block_inside_another_fence_is_an_example(text):
    found = find(lines(text))
    assert not found.fences
    assert not found.suspects
    assert len(found.others) == 1


BLOCK = "```minigrad\na\n```"


def indented(by, text=BLOCK):
    return "\n".join(by + line for line in text.split("\n"))


@pytest.mark.parametrize(
    ("before", "by", "count"),
    [
        ("Like this:\n\n", "    ", 0),
        ("Like this:\n\n", "\t", 0),
        ("", "    ", 0),
        ("# Heading\n\n", "    ", 0),
        ("Like this:\n\n    $ cat page.md\n", "    ", 0),
        ("- item\n\nLike this:\n\n", "    ", 0),
        ("- item\n\n", "        ", 0),
        ("- item\n\n    Like this:\n\n", "        ", 0),
        ("!!! note\n\n    Like this:\n\n", "        ", 0),
        ("> Like this:\n>\n", ">     ", 0),
        ("```python\n- x\n```\n\nLike this:\n\n", "    ", 0),
        ("Text\n", "    ", 1),
        ("Text\n\n", "   ", 1),
        ("- item\n\n", "    ", 1),
        ("- item\n\n", "      ", 1),
        ("- item\n\n", "\t", 1),
        ("- item\n\n    more\n\n", "    ", 1),
        ("1. item\n\n    - item\n\n", "        ", 1),
        ("* item\n* item\n\n", "    ", 1),
        ('!!! note "x"\n', "    ", 1),
        ("??? note\n\n", "    ", 1),
        ('=== "tab"\n\n', "    ", 1),
        ("term\n:   said\n\n", "    ", 1),
        ("[^1]: note\n\n", "    ", 1),
        ("> - item\n>\n", ">     ", 1),
        ("<div>\n\n", "    ", 1),
    ],
)
def test_a_block_in_indented_code_is_none(before, by, count):
    assert len(find(lines(before + indented(by) + "\n\nmore")).fences) == count


def test_after_indented_code_comes_a_block():
    text = f"Like this:\n\n{indented('    ')}\n\n{BLOCK}\n\n- item\n\n{indented('    ')}"
    assert [fence.prefix for fence in find(lines(text)).fences] == ["", "    "]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```minigrad\na", "not closed"),
        ("```minigrad\na\n``", "not closed"),
        ("> ```minigrad\n> a\n\ntext", "not closed"),
        ("```Minigrad\na\n```", "no computed block"),
        ("```minigrda\na\n```", "no computed block"),
        ("```mingrad\na\n```", "no computed block"),
        ("```{minigrad}\na\n```", "no computed block"),
        ("``` {.minigrad}\na\n```", "no computed block"),
        ("```minigrad x=1\na\n```", "takes no option"),
        ("```minigrad shwo\na\n```", "takes no option"),
        ("- ```minigrad\n  a\n  ```", "list item"),
        ("1. ```minigrad\n   a\n   ```", "list item"),
    ],
)
def test_what_looks_like_a_block_and_is_none_is_told(text, said):
    found = find(lines(text))
    assert not found.fences
    (suspect,) = found.suspects
    assert said in suspect.message
    assert suspect.remedy


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = 1\n```",
        "text with ` ```minigrad ` in it",
        "```\nminigrad\n```",
        "```mermaid\na\n```",
        "```ini\na\n```",
        "```migrations\na\n```",
    ],
)
def test_other_code_is_left_alone(text):
    found = find(lines(text))
    assert not found.fences
    assert not found.suspects


def test_many_unclosed_fences_take_linear_time():
    text = ["```x" + str(i) for i in range(20_000)]
    assert not find(text).fences


def test_ends_that_never_come_are_not_looked_for_forever():
    lines = ["`" * (3 + n % 3_000) + "minigrads" for n in range(6_000)]
    assert len(find(lines).suspects) == len(lines)
