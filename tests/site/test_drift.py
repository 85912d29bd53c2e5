"""Drift through the commands that people type: build, serve, check, accept, verify."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.site.conftest import SECOND


def drifted(site):
    """The example with one number of its record changed."""
    path = site.docs / "index.record"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("1.7163378145367738", "1.7164", 1), encoding="utf-8")
    return path


def test_a_site_as_accepted_builds_and_its_records_stay_out_of_it(example_site):
    built = example_site.build(strict=True)
    assert not built.failed
    assert built.problems == []
    assert not [name for name in built.files() if name.endswith(".record")]
    assert example_site.run("check")[0] == 0


def test_the_summary_says_what_was_done(example_site):
    summary = example_site.build().summary
    counts = re.findall(r"(\d+) (blocks|values|figures|cross-checks|drifted|ms)", summary)
    told = {name: int(count) for count, name in counts}
    assert set(told) == {"blocks", "values", "figures", "cross-checks", "drifted", "ms"}
    assert (told["blocks"], told["figures"], told["drifted"]) == (1, 1, 0)
    assert told["cross-checks"] >= 20


MESSAGE = "docs/index.md:4: f.x2.adjoint: recorded 1.7164, computed 1.7163378145367738"
COMMAND = "python -m docs_plugins accept index.md"


@pytest.mark.parametrize("strict", [False, True])
def test_a_changed_number_fails_the_build_and_leaves_no_file(example_site, strict):
    drifted(example_site)
    built = example_site.build(strict=strict)
    assert built.failed
    assert built.files() == []
    assert built.problems == [MESSAGE]
    assert built.verdict.endswith(COMMAND)


def test_check_says_the_same_as_the_build_without_building(example_site):
    drifted(example_site)
    code, printed = example_site.run("check")
    assert code == 1
    lines = printed.splitlines()
    assert lines[0] == MESSAGE
    assert lines[-1].endswith(COMMAND)
    assert not (example_site.root / "site").exists()


def test_changed_missing_and_unused_rows_of_all_pages_are_listed(example_site):
    example_site.page("sub/second.md", SECOND)
    example_site.accept()
    drifted(example_site)
    path = example_site.docs / "sub" / "second.record"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("y.from", "z.from").replace("x*x", "x^2"), encoding="utf-8")
    problems = example_site.build().problems
    assert problems[0] == MESSAGE
    assert problems[1:] == [
        "docs/sub/second.md:5: g.y: formula recorded x^2, computed x*x",
        "docs/sub/second.md:6: g.y.from.v2: [y.from.(y + 1)] not in the record, computed 1.0, 1.0",
        "docs/sub/second.md:7: g.z.from.(y + 1): recorded (1.0, 1.0), but no longer computed",
    ]


def test_serving_shows_drift_at_the_block_and_lives_on(example_site):
    drifted(example_site)
    built = example_site.build("serve")
    assert not built.failed
    html = built.html("index.html")
    assert "recorded 1.7164, computed 1.7163378145367738" in html
    assert html.index("f.x2.adjoint: recorded") < html.index('data-mg-view="f.trace"')


def test_serving_a_block_without_a_record_is_simply_new(small_site):
    small_site.page("index.md", SECOND)
    built = small_site.build("serve")
    assert not built.failed
    assert built.problems == []
    assert small_site.build().failed


def test_a_new_block_on_an_accepted_page_is_new_while_serving_only(example_site):
    path = example_site.docs / "index.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + SECOND[10:], encoding="utf-8")
    assert example_site.build("serve").problems == []
    assert len(example_site.build().problems) == 1


def test_accept_shows_then_writes_then_there_is_nothing_left(example_site):
    path = drifted(example_site)
    code, printed = example_site.run("accept")
    assert code == 0
    assert MESSAGE in printed
    assert "index.record: updated" in printed
    assert "1.7163378145367738" in path.read_text(encoding="utf-8")
    code, printed = example_site.run("accept")
    assert (code, "nothing to accept" in printed) == (0, True)
    assert not example_site.build().failed


def test_accept_changes_only_rows_out_of_tolerance(example_site):
    path = drifted(example_site)
    noisy = path.read_text(encoding="utf-8").replace("0.6931471805599453", "0.6931471805599454")
    path.write_text(noisy, encoding="utf-8")
    example_site.accept()
    after = path.read_text(encoding="utf-8")
    assert "0.6931471805599454" in after
    changed = [a for a, b in zip(noisy.split("\n"), after.split("\n"), strict=True) if a != b]
    assert [row.split()[0] for row in changed] == ["x2"]


def test_within_tolerance_nothing_is_written(example_site):
    path = example_site.docs / "index.record"
    noisy = path.read_text(encoding="utf-8").replace("0.6931471805599453", "0.6931471805599454")
    path.write_text(noisy, encoding="utf-8")
    before = path.stat().st_mtime_ns
    example_site.accept()
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["index.md", "docs/index.md", "index", "./docs/index.md"])
def test_accept_takes_pages_by_name_or_path(example_site, name):
    example_site.page("second.md", SECOND)
    drifted(example_site)
    example_site.accept(name)
    assert not (example_site.docs / "second.record").exists()
    assert example_site.run("check")[1].count("docs/index.md") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the names are no names there")
def test_the_command_that_a_build_tells_can_be_copied(small_site):
    """Names with spaces, another configuration and another folder of pages included."""
    names = ["it's my page.md", "sub dir/$HOME.md", "-f.md", "v1.2.markdown"]
    small_site.settings["docs_dir"] = "pages"
    small_site.docs.rmdir()
    for name in names:
        small_site.page(f"../pages/{name}", SECOND)
    small_site.configure().rename(small_site.root / "other.yml")
    main = [sys.executable, "-m", "docs_plugins"]

    def run(command: str | list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            shell=isinstance(command, str),
            cwd=small_site.root,
            capture_output=True,
            text=True,
            check=False,
        )

    told = run([*main, "check", "-f", "other.yml"])
    assert told.returncode == 1
    for name in names:
        assert f"pages/{name}:1: the page computes values" in told.stdout
    command = told.stdout.splitlines()[-1].partition("are right: ")[2]
    done = run(command.replace("python", sys.executable, 1))
    assert done.returncode == 0, done
    assert run([*main, "check", "-f", "other.yml"]).returncode == 0


def test_a_configuration_that_is_no_file_is_in_no_command(small_site):
    small_site.page("index.md", SECOND)
    config = small_site.configure().read_bytes()
    main = [sys.executable, "-m", "mkdocs", "build", "-f", "-"]
    told = subprocess.run(main, cwd=small_site.root, input=config, capture_output=True, check=False)
    assert told.stderr.rstrip().endswith(b"are right: python -m docs_plugins accept index.md")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize(
    ("trouble", "told", "code"),
    [
        (lambda path: path.mkdir(), "is a folder; move it away and accept", 1),
        (lambda path: path.symlink_to(path.name), "leads out of", 0),
        (lambda path: path.symlink_to("/etc/passwd"), "leads out of", 0),
        (lambda path: path.symlink_to("gone"), "is no file", 0),
        (lambda path: os.mkfifo(path, 0o600), "is no file", 0),
        (lambda path: path.write_bytes(b"x" * 10_000_001), "10,000,001 bytes", 0),
        (lambda path: path.write_text("# deepnotes record " + "9" * 9_999), "header line", 0),
        (lambda path: path.write_text("# deepnotes record 1\n\x1b[31m"), "is no text", 0),
        (lambda path: path.write_text("# deepnotes record 1\n" + "x" * 2_000), "2,000 char", 0),
    ],
)
def test_what_stands_in_a_records_place_is_named_and_accept_puts_it_right(
    example_site, trouble, told, code
):
    path = example_site.docs / "index.record"
    path.unlink()
    trouble(path)
    (problem,) = example_site.build().problems
    assert problem.startswith("docs/index.record:")
    assert told in problem
    assert problem.endswith(COMMAND)
    assert not example_site.build("serve").failed
    assert example_site.run("accept")[0] == code
    assert example_site.build().failed == bool(code)
    assert not path.is_symlink()


def test_accept_of_an_unknown_page_is_a_usage_error_with_the_nearest(example_site):
    code, printed = example_site.run("accept", "indx.md")
    assert code == 2
    assert "did you mean index.md?" in printed


@pytest.mark.parametrize("given", ["", ".", "docs", "docs/", "sub", "docs/sub"])
def test_accept_of_a_folder_is_a_usage_error_that_says_what_to_give(example_site, given):
    example_site.page("sub/second.md", "# Second\n")
    code, printed = example_site.run("accept", given)
    assert code == 2
    assert f"{given!r} is no page: give one, as index.md is" in printed


@pytest.mark.parametrize("value", ["true", "1", "false", "0", " "])
def test_accept_refuses_where_ci_is_set_to_anything(example_site, monkeypatch, value):
    path = drifted(example_site)
    before = path.read_bytes()
    monkeypatch.setenv("CI", value)
    code, printed = example_site.run("accept")
    assert code == 1
    assert "CI is set" in printed
    assert path.read_bytes() == before


def test_an_empty_ci_is_none(example_site, monkeypatch):
    drifted(example_site)
    monkeypatch.setenv("CI", "")
    assert example_site.run("accept")[0] == 0
    assert example_site.run("check")[0] == 0


def test_accept_refuses_a_page_with_mistakes_and_writes_the_others(example_site):
    example_site.page("second.md", SECOND.replace("{{ g.value }}", "{{ g.valu }}"))
    drifted(example_site)
    code, printed = example_site.run("accept")
    assert code == 1
    assert "docs/second.md:10: g.valu" in printed
    assert not (example_site.docs / "second.record").exists()
    assert example_site.build("serve").problems
    assert "index.record: updated" in printed


def test_accept_refuses_what_the_second_opinion_denies(example_site, monkeypatch):
    from minigrad.operation import OPERATIONS

    path = example_site.docs / "index.record"
    before = path.read_bytes()
    rule = OPERATIONS["sin"].partials[0]
    monkeypatch.setattr(OPERATIONS["sin"], "partials", (lambda y, x: rule(y, x) * (1 + 1e-9),))
    code, printed = example_site.run("accept")
    assert code == 1
    assert "second opinion" in printed
    assert path.read_bytes() == before
    assert example_site.build().failed


def test_records_of_pages_that_compute_nothing_any_more_are_removed(example_site):
    example_site.page("second.md", SECOND)
    example_site.page("third.md", SECOND.replace(" g", " h").replace("\ng", "\nh"))
    example_site.accept()
    (example_site.docs / "second.md").unlink()
    example_site.page("third.md", "# Third\n")
    problems = example_site.build().problems
    assert [p.split(":")[0] for p in problems] == ["docs/third.md", "docs/second.record"]
    assert "h: block recorded" in problems[0]
    example_site.accept()
    assert sorted(p.name for p in example_site.docs.glob("*.record")) == ["index.record"]
    assert not example_site.build().failed


def test_other_peoples_files_that_are_named_like_records_are_left_alone(example_site):
    example_site.page("text.md", "# Text\n")
    names = ("data/measure.record", "x.record", "text.record")
    for name in names:
        example_site.page(name, "my own measurements")
    example_site.accept()
    built = example_site.build()
    assert built.problems == []
    assert set(names) < set(built.files())
    assert "index.record" not in built.files()
    code, printed = example_site.run("verify", "site", "--against", "docs")
    assert code == 0, printed
    for name in names:
        assert (example_site.docs / name).read_text(encoding="utf-8") == "my own measurements"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes there")
def test_a_pipe_that_is_named_like_a_record_is_beside_the_point(example_site):
    example_site.page("plain.md", "# Plain\n")
    for name in ("plain.record", "none.record"):
        os.mkfifo(example_site.docs / name)
    assert example_site.run("check")[0] == 0
    assert example_site.run("accept")[0] == 0
    assert not example_site.build().failed


def test_a_record_whose_header_is_damaged_is_still_the_record_of_its_page(example_site):
    path = example_site.docs / "index.record"
    path.write_text("x" + path.read_text(encoding="utf-8"), encoding="utf-8")
    (problem,) = example_site.build().problems
    assert problem.startswith("docs/index.record:1: the record does not begin with its header")
    assert "index.record" not in example_site.build("serve").files()


def test_moving_a_page_with_its_record_changes_nothing(example_site):
    for name in ("index.md", "index.record"):
        (example_site.docs / name).rename(example_site.docs / name.replace("index", "moved"))
    assert example_site.run("check")[0] == 0


def test_quoting_one_more_number_is_no_drift(example_site):
    path = example_site.docs / "index.md"
    path.write_text(
        path.read_text(encoding="utf-8") + "\nAnd {{ f.v3.value }}.\n", encoding="utf-8"
    )
    assert not example_site.build().failed


def test_a_dirty_build_compares_the_pages_it_reads(example_site):
    assert not example_site.build().failed
    assert not example_site.build(dirty=True).failed
    drifted(example_site)
    page = example_site.docs / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    later = (example_site.root / "site" / "index.html").stat().st_mtime + 10
    os.utime(page, (later, later))
    assert example_site.build(dirty=True).failed


def test_a_dirty_build_reads_a_page_whose_record_was_edited(example_site):
    assert not example_site.build().failed
    path = drifted(example_site)
    later = (example_site.root / "site" / "index.html").stat().st_mtime + 10
    os.utime(path, (later, later))
    for _ in range(2):  # the second one has the same to say
        assert any("f.x2.adjoint" in p for p in example_site.build(dirty=True).problems)


def test_a_dirty_build_misses_a_record_that_is_gone(example_site):
    assert not example_site.build().failed
    (example_site.docs / "index.record").unlink()
    assert any("has no record" in p for p in example_site.build(dirty=True).problems)


@pytest.mark.parametrize("directory_urls", [True, False])
def test_verify_finds_the_site_as_computed_in_both_url_styles(example_site, directory_urls):
    example_site.settings["use_directory_urls"] = directory_urls
    example_site.page("sub/second.md", SECOND)
    example_site.accept()
    example_site.build()
    code, printed = example_site.run("verify", "site", "--against", "docs")
    assert code == 0, printed
    assert "2 pages, 2 blocks" in printed


def minified(html: str) -> str:
    """What minifiers do: comments and white space gone, attributes unquoted, end tags left out."""
    html = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    html = re.sub(r"=\"([^\"\s\'=<>`&]+)\"(?=[\s>])", r"=\1", html)
    html = re.sub(r">\s+<", "><", html)
    return re.sub(r"</(?:td|th|tr|li|p|tbody|thead)>", "", html)


def test_verify_reads_a_minified_page_and_a_single_saved_one(example_site, tmp_path):
    html = example_site.build().html("index.html")
    page = tmp_path / "saved.html"
    page.write_text(minified(html), encoding="utf-8")
    code, printed = example_site.run("verify", str(page), "--against", "docs")
    assert code == 0, printed
    page.write_text(minified(html).replace("1.7163<", "1.7164<", 1), encoding="utf-8")
    code, printed = example_site.run("verify", str(page))
    assert code == 1
    assert "f.x2.adjoint: shown 1.7164, computed 1.7163378145367738" in printed


def test_pages_with_the_same_block_have_a_record_each_wherever_they_are_built(example_site):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    for name in ("de/index.md", "en/index.md"):
        example_site.page(name, text)
    example_site.accept()
    example_site.build()
    (example_site.docs / "en").rename(example_site.docs / "posts")  # built from elsewhere
    code, printed = example_site.run("verify", "site", "--against", "docs")
    assert code == 0, printed


def test_verify_against_records_finds_what_was_accepted_otherwise(example_site):
    example_site.build()
    path = drifted(example_site)
    code, printed = example_site.run("verify", "site", "--against", "docs")
    assert code == 1
    assert f"{path.name}:6: f.x2.adjoint: recorded 1.7164" in printed
    path.rename(path.with_name("other.record"))
    code, printed = example_site.run("verify", "site", "--against", "docs")
    assert code == 1


def test_verify_says_so_where_there_is_nothing_to_verify(small_site):
    small_site.page("index.md", "# Nothing\n")
    small_site.build()
    code, printed = small_site.run("verify", "site")
    assert code == 1
    assert "nothing was verified" in printed
    assert small_site.run("verify", "nowhere")[0] == 2


def test_verify_tells_another_version_of_the_engine(example_site):
    example_site.build()
    page = example_site.root / "site" / "index.html"
    html = page.read_text(encoding="utf-8")
    html = re.sub('data-mg-engine="[^"]*"', 'data-mg-engine="0.0.7"', html)
    html = re.sub(r'(data-mg-fact="f\.engine">)[^<]*', r"\g<1>0.0.7", html)
    page.write_text(html, encoding="utf-8")
    for path in (example_site.root / "site/assets/minigrad").glob("index.f.*"):
        text = path.read_text(encoding="utf-8")
        named = re.sub(r"(minigrad )\d+\.\d+\.\d+", r"\g<1>0.0.7", text)
        path.write_text(named, encoding="utf-8")
    code, printed = example_site.run("verify", "site")
    assert code == 0, printed
    assert "computed by minigrad 0.0.7, checked by" in printed


@pytest.mark.parametrize("name", ["text", "call", "engine", "checks"])
def test_verify_holds_the_page_to_what_it_tells_of_a_block(example_site, name):
    example_site.build()
    page = example_site.root / "site" / "index.html"
    html = page.read_text(encoding="utf-8")
    told = re.sub(rf'(data-mg-fact="f\.{name}">)[^<]*', r"\g<1>another", html)
    assert told != html
    page.write_text(told, encoding="utf-8")
    code, printed = example_site.run("verify", "site")
    assert code == 1
    assert f"f.{name}: told as “another”" in printed


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<code>f.x2.adjoint</code>", "<code>f.x1.adjoint</code>"),
        ("<code>f.x2.adjoint</code>", "<code></code>"),
        ('<a href="#f-block">block f</a>', '<a href="#f-block">block g</a>'),
    ],
)
@pytest.mark.parametrize("shrink", [str, minified])
def test_verify_holds_the_list_of_numbers_to_their_paths(example_site, right, wrong, shrink):
    example_site.build()
    page = example_site.root / "site" / "index.html"
    html = page.read_text(encoding="utf-8")
    assert html.count(right) == 1
    page.write_text(shrink(html.replace(right, wrong)), encoding="utf-8")
    code, printed = example_site.run("verify", "site")
    assert code == 1
    shown, expected = (re.sub("<[^>]*>| ", "", text) for text in (wrong, right))
    assert f"f.x2.adjoint: listed as “{shown}”, it is “{expected}”" in printed


def test_verify_misses_a_block_that_was_taken_off_with_all_its_numbers(small_site):
    block = "```minigrad\ndef {0}(x):\n    return x * x\n\n{0}(3)\n```\n\n"
    small_site.page("index.md", block.format("f") + block.format("g") + "At 3: {{ f.value }}.\n")
    small_site.accept()
    small_site.build()
    page = small_site.root / "site" / "index.html"
    html = page.read_text(encoding="utf-8")
    without = re.sub(r'<div class="mg-block"[^>]* id="g-block".*?</div>', "", html)
    page.write_text(without, encoding="utf-8")
    code, printed = small_site.run("verify", "site")
    assert code == 1
    assert "g: the block was published beside f and is gone" in printed


@pytest.mark.parametrize(
    "arguments", [(), ("accept", "--all"), ("verify",), ("publish",), ("check", "extra")]
)
def test_a_command_that_is_not_understood_exits_with_2(small_site, arguments):
    assert small_site.run(*arguments)[0] == 2 if arguments else True


def test_a_site_without_the_plugin_is_a_usage_error(small_site):
    small_site.settings["plugins"] = ["search"]
    code, printed = small_site.run("check")
    assert code == 2
    assert "plugins" in printed


def test_the_help_tells_the_exit_codes(small_site):
    code, printed = small_site.run("check", "--help")
    assert code == 0
    assert "exit codes" in printed


def test_a_typed_result_fails_with_the_reference_to_write(example_site):
    path = example_site.docs / "index.md"
    text = path.read_text(encoding="utf-8") + "\nThat is −0.2836, or $-0.2837$.\n"
    path.write_text(text, encoding="utf-8")
    at = text.split("\n").index("That is −0.2836, or $-0.2837$.") + 1
    problems = example_site.build().problems
    assert [p.split(": ")[0] for p in problems] == [f"docs/index.md:{at}"] * 2
    assert all("write {{ f.x2.from.v3 }}" in p for p in problems)
    allowed = text.replace("−0.2836", '{{ literal "−0.2836" because="a slip of the old notes" }}')
    path.write_text(allowed.replace(", or $-0.2837$", ""), encoding="utf-8")
    built = example_site.build()
    assert built.problems == []
    html = built.html("index.html")
    assert 'data-mg-literal="a slip of the old notes"' in html
    assert "(typed, not computed: a slip of the old notes)" in html


def test_a_result_typed_above_the_text_fails_too(example_site):
    path = example_site.docs / "index.md"
    text = path.read_text(encoding="utf-8")
    front = "---\ntitle: It is 1.7163\nversion: 1.2.3\n---\n"
    path.write_text(front + text, encoding="utf-8")
    (problem,) = example_site.build().problems
    assert problem.startswith("docs/index.md:2: 1.7163 is typed")
    path.write_text(front.replace("1.7163", "1.9163") + text, encoding="utf-8")
    assert example_site.build().problems == []


@pytest.mark.parametrize("directory", ["", "\n[TOC]\n"])
def test_a_result_typed_for_the_contents_alone_fails_too(example_site, directory):
    path = example_site.docs / "index.md"
    example_site.extensions = ["tables", "toc", "attr_list"]
    text = path.read_text(encoding="utf-8") + directory
    head = '\n# A {{#a}}\n\n## Result {{#r data-toc-label="It is {}"}}\n'
    path.write_text(text + head.format("11.6520 at $x$ & y"), encoding="utf-8")
    line = text.count("\n") + 4
    (problem,) = example_site.build().problems
    assert problem.startswith(f"docs/index.md:{line}: 11.6520 is typed")
    for right in ("11.9520", "{{ f.value }}"):
        path.write_text(text + head.format(right), encoding="utf-8")
        assert example_site.build().problems == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('{{ literal "1.7163" }}', "a literal needs its reason"),
        ('{{ literal "1.7163" because=" " }}', "a literal needs its reason"),
        ('{{ literal "1.9163" because="why not" }}', "1.9163 is no result of this page"),
        ('{{ literal "some words" because="why not" }}', "is no result of this page"),
        ('$x = {{ literal "1.7163" because="why not" }}$', "cannot stand in mathematics"),
        ('`{{ literal "1.9163" because="an example" }}`', None),
        ('{{ literal "1.7163 or 1.9163" because="a comparison" }}', None),
        ('![{{ literal "1.7163" because="read aloud" }}](a.png)', None),
    ],
)
def test_a_literal_needs_a_reason_and_a_result(example_site, convert, typed, told):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    accepted = (example_site.docs / "index.record").read_text(encoding="utf-8")
    problems, html, _ = convert(f"{text}\n{typed}\n", accepted)
    line = text.count("\n") + 2
    assert [p.startswith(f"docs/page.md:{line}: ") and told in p for p in problems] == [True] * (
        told is not None
    )
    assert told or "1.7163" in html or "1.9163" in html


def test_the_reason_of_a_literal_is_escaped_once(example_site, convert):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    typed = '{{ literal "1.7163" because="p &amp; q, r & s, &lt;b> <i>" }}'
    html = convert(f"{text}\n{typed}\n")[1]
    assert html.count("p &amp; q, r &amp; s, &lt;b&gt; &lt;i&gt;") == 2  # attribute and text


@pytest.mark.parametrize(
    "typed",
    [
        *("1{}", "{}5", "3.{}", "{}.5", "{}e5", "$1{}$", "${}0$", "{{{{ f.x1.value }}}}{}"),
        *("{}×10³", "{} × 10³", "{}×10<sup>3</sup>"),
        *("| 1{} | x |", "![1{}](a.png)", "1{{{{ f.x2.adjoint:.2f }}}}"),
        *("**{}**78", "*{}*.5", "78**{}**", "**1.**{}", "{}**78**", "<b>{}</b><i>7</i>"),
    ],
)
def test_digits_typed_right_beside_a_computed_number_fail_the_page(example_site, convert, typed):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    line = typed.format("{{ f.x2.adjoint }}")
    (problem,) = convert(f"{text}\n{line}\n")[0][1:]
    assert problem.startswith(f"docs/page.md:{text.count(chr(10)) + 2}: f.x2.adjoint")
    assert "digits stand right beside" in problem


@pytest.mark.parametrize(
    "typed",
    [
        *("(2,{})", "-{}", "f(2){}", "({}, 5)", "`1{}`", "{}, 2", "$2 \\cdot {}$", "{}."),
        *("**{}** 78", "{}*2", "2*{}", "{}<sup>2</sup>", "{}<br>2", "7**{{{{ =f.x2.adjoint }}}}**"),
    ],
)
def test_what_makes_no_other_number_may_stand_beside_one(example_site, convert, typed):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    record = (example_site.docs / "index.record").read_text(encoding="utf-8")
    assert convert(f"{text}\n{typed.format('{{ f.x2.adjoint }}')}\n", record)[0] == []


@pytest.mark.parametrize(
    "typed",
    [
        *("{{ f. value }}", "{{ f value }}", "{{ f,value }}", "{{ f.value }", "{{ f.value\n}}"),
        *(
            "{{\nf.value }}",
            "{{ f.value:{0.__class__} }}",
            "{{ literal }}",
            "| {{ f value }} | x |",
        ),
        *("${{ f value }}$", "![{{ f value }}](a.png)", "a `b` {{ f.value } `c`"),
    ],
)
def test_a_mistyped_reference_is_never_page_text(example_site, convert, typed):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    record = (example_site.docs / "index.record").read_text(encoding="utf-8")
    (problem,) = convert(f"{text}\n{typed}\n", record)[0]
    assert problem.startswith(f"docs/page.md:{text.count(chr(10)) + 2}: ")
    assert "; write " in problem


@pytest.mark.parametrize(
    "typed",
    [
        *("{{ page.title }}", "{{a}}", "{{f}}", "{{ user.name | upper }}", "{{ macro(f) }}"),
        *(
            "`{{ f value }}`",
            "`{{ f.value }` and `{{ f`",
            "    {{ f value }}",
            "`a\n{{ f.value\n}}`",
        ),
        *("```jinja\n{{ f value }}\n{{ f.value }\n```", "<!-- {{ f value }} -->"),
        *(r"$\frac{{f}}{{g}}$", r"$\frac{{ f }}{{ f }}$", "$x_{{f}}$", "${{ secrets.X }}"),
        *(r"\{{ f value }}", r"\{{ f.value }", "{{ page.title\n}}"),
    ],
)
def test_other_braces_are_left_alone(example_site, convert, typed):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    record = (example_site.docs / "index.record").read_text(encoding="utf-8")
    problems, html, _ = convert(f"{text}\n{typed}\n", record)
    assert problems == []
    assert "mg-failed" not in html


def test_words_about_attributes_of_ours_are_words(example_site, convert):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    record = (example_site.docs / "index.record").read_text(encoding="utf-8")
    words = '![what data-mg is](a.png) <!-- <b data-mg="f"> --> `<b data-mg="f">` &lt;b data-mg>'
    assert convert(f"{text}\n{words}\n", record)[0] == []


@pytest.mark.parametrize(
    "typed",
    [
        '<span data-mg="f.x2.adjoint">1.9</span>',
        '<p data-mg-view="f.trace">1.7164</p>',
        '<span data-mg-literal="why not">1.7164</span>',
        "<p data-mg-problem>1.7164</p>",
        "<span DATA-MG-LITERAL>1.7164</span>",
        '<span Data-Mg="x">1.7164</span>',
        '**1.7164**{: data-mg="f.x2.adjoint" }',
    ],
)
def test_what_is_typed_cannot_pass_for_computed(example_site, convert, typed):
    text = (example_site.docs / "index.md").read_text(encoding="utf-8")
    record = (example_site.docs / "index.record").read_text(encoding="utf-8")
    (problem,) = convert(f"{text}\n`data-mg`\n\n{typed}\n", record)[0]
    assert problem.startswith(f"docs/page.md:{text.count(chr(10)) + 4}: the attribute data-mg")


@pytest.mark.heavy
@pytest.mark.parametrize("drifting", [True, False])
def test_a_site_in_drift_is_not_deployed(example_site, drifting):
    """With `mkdocs gh-deploy`, to a repository on this machine."""

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=example_site.root, capture_output=True, text=True, check=False
        )

    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org")
    run("git", "init", "-q", "--bare", "remote")
    run("git", "init", "-q", ".")
    run("git", "remote", "add", "origin", str(example_site.root / "remote"))
    run(*git, "add", "docs")
    run(*git, "commit", "-qm", "pages")
    if drifting:
        drifted(example_site)
    example_site.configure()
    done = run(sys.executable, "-m", "mkdocs", "gh-deploy", "-q")
    deployed = run("git", "--git-dir=remote", "ls-tree", "-r", "--name-only", "gh-pages").stdout
    assert (done.returncode != 0) == drifting
    assert ("index.html" in deployed.split()) != drifting
    assert ".record" not in deployed
