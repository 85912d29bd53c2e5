"""What GitHub runs: every pull request safely, and only a checked main is published."""

import re
from pathlib import Path

import pytest
import yaml

WORKFLOWS = Path(__file__).parents[2] / ".github" / "workflows"
TEXT = (WORKFLOWS / "ci.yml").read_text(encoding="utf-8")
CI = yaml.safe_load(TEXT)
TRIGGERS = CI[True]  # YAML reads the key `on` as a truth value
PUBLISHING = "github.event_name != 'pull_request' && github.ref == 'refs/heads/main'"


def test_there_is_one_workflow():
    assert [path.name for path in WORKFLOWS.iterdir()] == ["ci.yml"]


def test_pull_requests_run_without_rights_and_secrets():
    assert set(TRIGGERS) == {"push", "pull_request", "workflow_dispatch"}
    assert CI["permissions"] == {"contents": "read"}
    assert "secrets." not in TEXT


@pytest.mark.parametrize("name", CI["jobs"])
def test_only_publishing_may_write(name):
    allowed = {"pages": "write", "id-token": "write"} if name == "deploy" else None
    assert CI["jobs"][name].get("permissions") == allowed


def test_every_python_and_system_is_tried():
    matrix = CI["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]


def test_publishing_waits_for_everything_else():
    deploy = CI["jobs"]["deploy"]
    assert set(deploy["needs"]) == set(CI["jobs"]) - {"deploy"}
    assert deploy["if"] == PUBLISHING


def test_what_is_published_is_what_was_checked():
    steps = CI["jobs"]["check"]["steps"]
    upload = next(step for step in steps if "upload-pages-artifact" in step.get("uses", ""))
    assert steps.index(upload) > steps.index({"run": "make check"})
    assert upload["with"] == {"path": "site"}
    assert upload["if"] == PUBLISHING


def test_actions_are_pinned_to_commits():
    used = re.findall(r"uses: (\S+)", TEXT)
    assert [
        action for action in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)
    ] == []


def test_checkouts_have_the_history_that_dates_the_pages():
    checkouts = [
        step["with"]
        for job in CI["jobs"].values()
        for step in job["steps"]
        if "actions/checkout" in step.get("uses", "")
    ]
    assert checkouts
    assert all(options["fetch-depth"] == 0 for options in checkouts)
    assert not any(options["persist-credentials"] for options in checkouts)
