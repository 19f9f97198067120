"""Files for pull requests: valid by the schemas of both hosts, and their steps run here, in order, in clones of real repositories."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import check_jsonschema
import pytest
import yaml
from click.testing import CliRunner

from tests.helpers.forms import ROOT, codes, make_repository, run
from tests.helpers.repositories import REVIEW
from tests.helpers.workflow_runner import Fakes, Ran, bash, holds, run_github, run_gitlab

PARTS = ROOT / "templates/repository"
WORKFLOWS = PARTS / "github/.github/workflows"
PUBLISHED = "reviews/2026-03/T-001.front-desk.md"
SUBMITTED = "reviews/2026-03/T-002.front-desk.md"
DRAFT = "reviews/2026-03/T-003.front-desk.md"
ROSTER = """\
id,name,login,email,department,position,manager,form,from,to
M-001,沈知远,m.one,,客服部,主管,,,,
T-001,员工甲,t.one,,客服部,前台主管,M-001,front-desk,,
T-002,员工甲,t.two,,客服部,前台主管,M-001,front-desk,,
T-003,员工甲,t.three,,客服部,前台主管,M-001,front-desk,,
"""


# --- they are what the hosts read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("vendor.github-workflows", "github/.github/workflows/*.yml"),
        ("custom.github-workflows-require-timeout", "github/.github/workflows/*.yml"),
        ("vendor.dependabot", "github/.github/dependabot.yml"),
        ("vendor.github-issue-forms", "github/.github/ISSUE_TEMPLATE/[!c]*.yml"),
        ("vendor.github-issue-config", "github/.github/ISSUE_TEMPLATE/config.yml"),
        ("vendor.gitlab-ci", "gitlab/.gitlab-ci.yml"),
    ],
)
def test_the_files_are_valid(schema: str, pattern: str) -> None:
    files = [str(path) for path in PARTS.glob(pattern)]
    assert files
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    done = CliRunner().invoke(check_jsonschema.main, ["--builtin-schema", schema, *transform, *files])
    assert done.exit_code == 0, done.output


def test_workflows_take_no_more_rights_than_they_need() -> None:
    rights = {}
    for path in WORKFLOWS.glob("*.yml"):
        workflow = yaml.safe_load(path.read_text("utf-8"))
        assert workflow["permissions"] == {}, "nothing unless a job asks for it"
        assert "pull_request_target" not in workflow[True], "never with rights over code from a fork"
        for job in workflow["jobs"].values():
            rights[path.stem] = job["permissions"]
            for step in job["steps"]:
                assert "${{" not in step.get("run", ""), f"{path.name}: {step['name']}: values come by the environment"
                assert not re.search(r"\$\{\{.*secrets\.(?!KPIGEN_DEPLOY_KEY)", str(step))
    assert rights == {
        "kpigen-check": {"contents": "read", "pull-requests": "write"},
        "kpigen-site": {"contents": "write"},
        "kpigen-step": {"contents": "write", "pull-requests": "write"},
    }


@pytest.mark.parametrize("script", sorted((PARTS / "hosted/ci").glob("*.sh")), ids=lambda path: path.name)
def test_the_scripts_are_sound_bash(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)


# --- a place to run them --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A new Python environment that lacks only kpigen, and kpigen as a wheel: no network is needed to install it."""
    folder = tmp_path_factory.mktemp("python")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    (folder / "others").mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "kpigen" not in path.name:
            (folder / "others" / path.name).symlink_to(path)
    (site,) = (folder / "venv/lib").glob("python*/site-packages")
    (site / "others.pth").write_text(f"{folder / 'others'}\n", "utf-8")
    (wheel,) = folder.glob("*.whl")
    return folder / "venv/bin", wheel


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()


def commit(folder: Path, message: str = "change") -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


@pytest.fixture(scope="session")
def beginnings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each host a repository as `kpigen init` makes it, with one published review and one that waits for publication."""
    made = {}
    for host in ("github", "gitlab"):
        folder = made[host] = tmp_path_factory.mktemp(host) / "work"
        run(ROOT, "init", folder, "--form", "front-desk", "--ci", host)
        (folder / "reviews/people.csv").write_text(ROSTER, "utf-8")
        for file, id_ in ((PUBLISHED, "T-001"), (SUBMITTED, "T-002")):
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(REVIEW.format(id=id_), "utf-8")
        for step in (["submit"], ["confirm", "--role", "employee"]):
            run(folder, *step, folder / "reviews", "--date", "2026-04-02", "--yes")
        run(folder, "publish", folder / PUBLISHED, "--date", "2026-04-03", "--yes")
        commit(folder, "begin")
    return made


@dataclass(frozen=True)
class Place:
    """A repository, its bare origin, and what its workflows run in."""

    work: Path
    origin: Path
    fakes: Fakes
    environment: Mapping[str, str]
    runs: Path

    def push(self, branch: str) -> None:
        commit(self.work)
        git(self.work, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.work / file).read_text("utf-8")
        assert text.count(old) == 1, old
        (self.work / file).write_text(text.replace(old, new), "utf-8")

    def folder(self) -> Path:
        """A new folder for a run."""
        return self.runs / str(len(list(self.runs.iterdir())) if self.runs.is_dir() else 0)

    def github(self, name: str, happened: str, ref: str, **more: Any) -> Ran:
        """Run a workflow as an event would; `more` goes into the `github` context, `inputs` and `vars` beside it."""
        beside = {key: more.pop(key) for key in ("inputs", "vars") if key in more}
        repository = {"default_branch": "main", "visibility": more.pop("visibility", "private")}
        github = {
            "event_name": happened,
            "ref": f"refs/heads/{ref}",
            "ref_name": ref,
            "ref_type": "branch",
            "actor": "lin-hr",
            "actor_id": "4711",
            "triggering_actor": "lin-hr",
            "repository": "example/reviews",
            "server_url": "https://github.example",
            "run_id": "99",
            "run_attempt": "1",
            "token": "TOKEN",
            **more,
        }
        github["event"] = {"repository": repository, **more.get("event", {})}
        context = {"github": github, "vars": {}, **beside}
        context["vars"] = {"KPIGEN": self.environment["KPIGEN"], **context["vars"]}
        file = self.work / f".github/workflows/{name}.yml"
        return run_github(file, context, self.origin, more.get("merge", ref), self.folder(), self.environment)

    def pull_request(self, branch: str, head: str = "example/reviews", **more: Any) -> Ran:
        """Check a pull request of a branch; checked out is the merge with main, as GitHub does."""
        self.push(branch)
        git(self.work, "checkout", "--quiet", "--detach", "main")
        git(self.work, "merge", "--quiet", "--no-ff", "--message", "merge", f"origin/{branch}")
        git(self.work, "push", "--quiet", "origin", "HEAD:refs/pull/7/merge")
        event = {"pull_request": {"number": 7, "head": {"repo": {"full_name": head}}}}
        return self.github(
            "kpigen-check", "pull_request", branch, base_ref="main", event=event, merge="refs/pull/7/merge", **more
        )

    def gitlab(self, job: str, ref: str, **variables: str) -> Ran:
        """Run a job of the GitLab file."""
        known = {
            "CI_API_V4_URL": "https://gitlab.example/api/v4",
            "CI_PROJECT_ID": "5",
            "CI_PROJECT_URL": "https://gitlab.example/hr/reviews",
            "CI_PROJECT_VISIBILITY": "private",
            "CI_SERVER_HOST": "gitlab.example",
            "CI_DEFAULT_BRANCH": "main",
            "CI_COMMIT_BRANCH": ref,
            "CI_PIPELINE_ID": "31",
            "CI_PIPELINE_URL": "https://gitlab.example/hr/reviews/-/pipelines/31",
            "CI_JOB_ID": "32",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_PROJECT_ID": "5",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(self.work, "rev-parse", "main"),
            "GITLAB_USER_LOGIN": "lin.hr",
            "GITLAB_USER_EMAIL": "lin@example.com",
            "KPIGEN": self.environment["KPIGEN"],
            **variables,
        }
        return run_gitlab(self.work / ".gitlab-ci.yml", job, known, self.origin, ref, self.folder(), self.environment)


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, beginnings: dict[str, Path], python: tuple[Path, Path]
) -> Place:
    """A copy of the beginning for one test (`github`, unless the test names another host), with an origin of its own."""
    work, origin = tmp_path / "work", tmp_path / "origin.git"
    shutil.copytree(beginnings[getattr(request, "param", "github")], work)
    subprocess.run(["git", "clone", "--quiet", "--bare", str(work), str(origin)], check=True, capture_output=True)
    git(work, "remote", "add", "origin", str(origin))
    git(work, "fetch", "--quiet", "origin")
    git(origin, "config", "receive.advertisePushOptions", "true")
    binaries, wheel = python
    fakes = Fakes(tmp_path / "fakes", binaries / "python", "gh", "curl", "sudo", "apt-get")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    environment = {
        "PATH": f"{fakes.bin}:{binaries}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": cache,  # the cut font: it takes seconds
        "KPIGEN": str(wheel),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        **fakes.environment,
    }
    return Place(work, origin, fakes, environment, tmp_path / "runs")


on_gitlab = pytest.mark.parametrize("place", ["gitlab"], indirect=True)


def write_draft(place: Place) -> None:
    (place.work / DRAFT).write_text(REVIEW.format(id="T-003"), "utf-8")


# --- GitHub: the check ----------------------------------------------------------------------------------------------------


def test_a_pull_request_gets_a_comment_and_a_preview(place: Place) -> None:
    write_draft(place)
    place.edit(SUBMITTED, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    ran = place.pull_request("march")
    assert ran.ok, ran.output
    assert "::error" not in ran.output
    assert "::warning file=reviews/2026-03/T-002.front-desk.md" in ran.output, "a confirmation of other content"
    (listed, posted) = place.fakes.calls("gh")
    assert "repos/example/reviews/issues/7/comments" in listed
    assert posted[2:5] == ["--method", "POST", "repos/example/reviews/issues/7/comments"]
    body = posted[-1]
    assert body.startswith("<!-- kpigen diff -->\n## kpigen: 2 reviews changed, 1 total\n")
    assert "`metrics.complaints.late`: 1 → 0" in body
    assert "score: 90.00 A → 93.00 A" in body
    assert body.strip() in ran.summary
    preview = ran.artifacts["preview"]
    assert (preview / "people/T-003/2026-03/front-desk.html").is_file(), "drafts too"
    assert not list(preview.rglob("*.pdf"))


def test_what_is_wrong_is_annotated_and_compared_all_the_same(place: Place) -> None:
    place.edit(PUBLISHED, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    (place.work / "pip.py").write_text("raise SystemExit('a file of the pull request ran')\n", "utf-8")
    place.fakes.answer({"--paginate": {"prints": "1234\n1300"}})
    ran = place.pull_request("sneaky")
    assert ran.failed == ["Check"], ran.output
    assert re.search(
        r"^::error file=reviews/2026-03/T-001\.front-desk\.md,line=\d+,col=\d+,title=KPI632 ", ran.output, re.M
    )
    assert "KPI609" in ran.summary
    changed = place.fakes.calls("gh")[-1]
    assert changed[2:5] == ["--method", "PATCH", "repos/example/reviews/issues/comments/1234"], (
        "one comment, kept up to date"
    )
    assert "score: 90.00 A → 93.00 A" in changed[-1]
    assert "preview" not in ran.artifacts


def test_site_is_not_edited_by_pull_request(place: Place) -> None:
    (place.work / "site").mkdir()
    (place.work / "site/index.html").write_text("mine", "utf-8")
    ran = place.pull_request("site")
    assert ran.failed == ["Refuse edits of site/"]
    assert "::error title=site/ was edited::" in ran.output
    assert "site/index.html" in ran.output


@pytest.mark.parametrize(
    ("step", "differs", "runs"),
    [
        ("Comment what changes", {}, True),
        ("Comment what changes", {"event": {"pull_request": {"head": {"repo": {"full_name": "fork/reviews"}}}}}, False),
        ("Comment what changes", {"actor": "dependabot[bot]"}, False),
        ("Build a preview, drafts included", {"event": {"repository": {"visibility": "private"}}}, True),
        ("Build a preview, drafts included", {"event": {"repository": {"visibility": "public"}}}, False),
        ("Keep the preview", {"event": {"repository": {"visibility": "internal"}}}, False),
        ("Warn if the repository is not private", {"event": {"repository": {"visibility": "private"}}}, False),
        ("Warn if the repository is not private", {"event": {"repository": {"visibility": "public"}}}, True),
    ],
)
def test_who_gets_a_comment_and_a_preview(step: str, differs: dict[str, Any], runs: bool) -> None:
    workflow = yaml.safe_load((WORKFLOWS / "kpigen-check.yml").read_text("utf-8"))
    (condition,) = (item["if"] for item in workflow["jobs"]["check"]["steps"] if item["name"] == step)
    event = {"pull_request": {"head": {"repo": {"full_name": "hr/reviews"}}}}
    github = {"event_name": "pull_request", "repository": "hr/reviews", "actor": "lin", "event": event, **differs}
    assert holds(condition, {"github": github, "vars": {}}, failed=False) is runs
    if step.startswith("Comment"):
        assert not holds(condition, {"github": github, "vars": {"KPIGEN_COMMENT": "no"}}, failed=False)
        assert holds(condition, {"github": github, "vars": {}}, failed=True) is runs, "also where the check failed"


# --- GitHub: the site -----------------------------------------------------------------------------------------------------


def test_the_site_is_committed_on_main_once(place: Place) -> None:
    on_build(place)
    ran = place.github("kpigen-site", "push", "main")
    assert ran.ok, ran.output
    assert ["apt-get", "update", "--quiet"] in place.fakes.calls("sudo"), "recorded, not done here"
    author, subject = git(place.origin, "log", "-1", "--format=%an %ae%n%s", "main").splitlines()
    assert author == "github-actions[bot] 41898282+github-actions[bot]@users.noreply.github.com"
    assert subject == f"site: built from {git(place.work, 'rev-parse', '--short', 'main')}"
    files = git(place.origin, "ls-tree", "-r", "--name-only", "main").splitlines()
    assert "site/people/T-001/2026-03/front-desk.html" in files
    assert not any("hr/audit" in name or ".kpigen-" in name for name in files)
    head = git(place.origin, "rev-parse", "main")
    again = place.github("kpigen-site", "push", "main")
    assert again.ok
    assert "site/ is up to date" in again.output
    assert git(place.origin, "rev-parse", "main") == head, "no second commit"
    assert place.github("kpigen-site", "push", "march").steps == [], "only on the default branch"
    # What got onto main past every pull request is found, and keeps the site from being built until it is put right.
    git(place.work, "fetch", "--quiet", "origin")
    git(place.work, "reset", "--quiet", "--hard", "origin/main")
    (place.work / PUBLISHED).unlink()
    place.push("main")
    (place.work / "kpigen.toml").write_text('languages = ["zh"]\n', "utf-8")
    place.push("main")
    late = place.github("kpigen-site", "push", "main")
    assert late.failed == ["Check, build, commit"]
    assert "KPI633" in late.output
    assert "site/people/T-001/2026-03/front-desk.html" in git(place.origin, "ls-tree", "-r", "--name-only", "main")


def on_build(place: Place, also: str = "") -> None:
    """Put a `kpigen` in front that leaves PDFs out of a build and does something else at the first."""
    real = Path(place.environment["PATH"].split(":")[1]) / "kpigen"
    once = place.fakes.folder / "once"
    place.fakes.bin.joinpath("kpigen").write_text(
        f'#!/bin/sh\nif [ "$1" = build ]; then\n  if mkdir "{once}" 2>/dev/null; then\n    :\n    {also}\n  fi\n'
        f'  shift\n  exec "{real}" build --no-pdf "$@"\nfi\nexec "{real}" "$@"\n',
        "utf-8",
    )
    place.fakes.bin.joinpath("kpigen").chmod(0o755)


def test_a_merge_while_the_site_is_built_is_built_too(place: Place) -> None:
    (place.work / PUBLISHED.replace("T-001", "T-003")).write_text(REVIEW.format(id="T-003"), "utf-8")
    run(place.work, "submit", place.work / DRAFT, "--date", "2026-04-05", "--yes")
    commit(place.work, "merged meanwhile")
    on_build(place, f'git -C "{place.work}" push --quiet origin HEAD:refs/heads/main')
    ran = place.github("kpigen-site", "push", "main")
    assert ran.ok, ran.output
    files = git(place.origin, "ls-tree", "-r", "--name-only", "main").splitlines()
    assert "site/people/T-003/2026-03/front-desk.html" in files
    assert git(place.origin, "log", "--format=%s", "main").splitlines()[1:] == ["merged meanwhile", "begin"]


def test_where_the_job_may_not_push_it_says_so(place: Place) -> None:
    hook = place.origin / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'protected branch'\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    on_build(place)
    ran = place.github("kpigen-site", "push", "main")
    assert ran.failed == ["Check, build, commit"]
    assert "error: this job may not push to main; docs/pull-requests.md" in ran.output
    assert ran.output.count("protected branch") == 1, "no use in trying again"


# --- GitHub: the button ---------------------------------------------------------------------------------------------------

FORM = {"role": "employee", "name": "", "reason": "", "date": "2026-04-10"}


def test_the_button_opens_a_pull_request(place: Place) -> None:
    ran = place.github(
        "kpigen-step", "workflow_dispatch", "main", inputs={**FORM, "action": "publish", "file": "reviews/2026-03"}
    )
    assert ran.ok, ran.output
    branch = "kpigen/publish-99-1"
    assert git(place.origin, "log", "-1", "--format=%an <%ae>|%cn|%s|%(trailers)", branch).strip() == (
        "lin-hr <4711+lin-hr@users.noreply.github.com>|github-actions[bot]|"
        "kpigen publish: reviews/2026-03|Requested-by: lin-hr"
    )
    assert git(place.origin, "diff", "--name-only", "main", branch) == SUBMITTED
    assert "status: published" in git(place.origin, "show", f"{branch}:{SUBMITTED}")
    assert "on: 2026-04-10" in git(place.origin, "show", f"{branch}:{SUBMITTED}")
    listed, created = place.fakes.calls("gh")
    assert listed[:4] == ["pr", "list", "--head", branch]
    assert created[:8] == [
        "pr",
        "create",
        "--base",
        "main",
        "--head",
        branch,
        "--title",
        "kpigen publish: reviews/2026-03",
    ]
    assert "Requested by @lin-hr" in (ran.folder.parent / "temp/body.md").read_text("utf-8")


def test_amending_adds_to_the_branch_with_the_edit(place: Place) -> None:
    place.edit(PUBLISHED, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    place.push("mend")
    place.fakes.answer({"pr list": {"prints": "7"}})
    form = {**FORM, "action": "amend", "file": PUBLISHED, "name": "林一诺", "reason": "投诉已撤销: $(date) `id`"}
    ran = place.github("kpigen-step", "workflow_dispatch", "mend", inputs=form, triggering_actor="qiao-hr")
    assert ran.ok, ran.output
    text = git(place.origin, "show", f"mend:{PUBLISHED}")
    assert "by: 林一诺, lin-hr" in text or 'by: "林一诺, lin-hr"' in text, "the login stands in the review itself"
    assert "投诉已撤销: $(date) `id`" in text
    assert git(place.origin, "log", "-1", "--format=%(trailers)", "mend").split("\n")[:2] == [
        "Requested-by: lin-hr",
        "Run-again-by: qiao-hr",
    ]
    assert [words[:2] for words in place.fakes.calls("gh")] == [["pr", "list"]], "one is open already"


def test_where_actions_may_not_open_pull_requests_it_says_so(place: Place) -> None:
    place.fakes.answer({"pr create": {"prints": "", "code": 1}})
    form = {**FORM, "action": "withdraw", "file": PUBLISHED, "reason": "误发"}
    ran = place.github("kpigen-step", "workflow_dispatch", "main", inputs=form)
    assert ran.failed == ["Open a pull request"]
    assert "::error title=No pull request::The branch kpigen/withdraw-99-1 is there" in ran.output
    assert "status: withdrawn" in git(place.origin, "show", f"kpigen/withdraw-99-1:{PUBLISHED}")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"FILE": "../../etc/passwd"}, "must be below reviews/|name the file like"),
        ({"FILE": "/etc/passwd"}, "must be below reviews/"),
        ({"FILE": "reviews/../kpigen.toml"}, "name the file like"),
        ({"FILE": "reviews/2026-03\nRequested-by: boss"}, "name the file like"),
        ({"FILE": "--help"}, "must be below reviews/"),
        ({"FILE": ""}, "must be below reviews/"),
        ({"FILE": "reviews/$(touch pwned)"}, "no such file"),
        ({"FILE": "reviews/*"}, "no such file"),
        ({"FILE": "reviews/people.csv"}, "KPI619"),
        ({"FILE": "reviews/elsewhere"}, "KPI619"),
        ({"ACTION": "build"}, "no such action"),
        ({"ACTION": "check; touch pwned"}, "no such action"),
        ({"ACTION": "withdraw", "FILE": PUBLISHED, "REASON": ""}, "needs a reason"),
        ({"DATE": "--help"}, "is not a date"),
        ({"DATE": "2026-04-10 --yes"}, "is not a date"),
        ({"ROLE": "--name"}, "is not one of"),
        ({"ROLE": "leader", "NAME": ""}, "who confirms"),
    ],
)
def test_what_the_button_refuses(place: Place, values: dict[str, str], says: str) -> None:
    outside = place.work.parent / "outside"
    outside.mkdir()
    (place.work / "reviews/elsewhere").symlink_to(outside)
    commit(place.work)
    before = git(place.work, "rev-parse", "HEAD")
    done = press(place, **values)
    assert done.returncode, done.stdout
    assert re.search(says, done.stdout + done.stderr), done.stdout + done.stderr
    assert (git(place.work, "rev-parse", "HEAD"), git(place.work, "status", "--porcelain")) == (before, "")
    assert not list(place.work.parent.rglob("pwned"))


def press(place: Place, **values: str) -> subprocess.CompletedProcess[str]:
    """Run the script behind the button, by itself."""
    form = {
        "ACTION": "confirm", "FILE": SUBMITTED, "ROLE": "hr", "NAME": "林一诺", "REASON": "", "DATE": "2026-04-10",
        "WHO": "lin-hr", "EMAIL": "lin@example.com", "BASE": "HEAD", "FORMAT": "text",
        "BOT_NAME": "bot", "BOT_EMAIL": "bot@example.com",
    }  # fmt: skip
    source = {"PYTHONPATH": str(ROOT)}  # the program as it stands here: no need to install it for each
    kpigen = place.fakes.bin / "kpigen"
    kpigen.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kpigen "$@"\n', "utf-8")
    kpigen.chmod(0o755)
    return bash("bash ci/step.sh", place.work, {**place.environment, **source, **form, **values})


@pytest.mark.parametrize(
    "name", ["--yes", "-x", "$(touch pwned)", "`touch pwned`; touch pwned", "甲' \" \\ #", "a: [b", "*", "${WHO}"]
)
def test_odd_names_are_only_names(place: Place, name: str) -> None:
    done = press(place, NAME=name)
    assert done.returncode == 0, done.stderr
    lines = run(place.work, "textconv", place.work / SUBMITTED).stdout_bytes.decode().splitlines()
    assert any(line.startswith(f"confirmations.hr {name} 2026-04-10.of: ") for line in lines), lines
    assert not list(place.work.parent.rglob("pwned"))


# --- GitLab ---------------------------------------------------------------------------------------------------------------


@on_gitlab
def test_a_merge_request_gets_findings_a_note_and_a_preview(place: Place) -> None:
    write_draft(place)
    place.edit(SUBMITTED, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    place.push("march")
    base = git(place.origin, "rev-parse", "main")
    place.fakes.answer({"per_page": {"prints": "[]"}})
    ran = place.gitlab("check", "march", KPIGEN_TOKEN="s3cret", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert ran.ok, ran.output
    (finding, *_) = json.loads(ran.artifacts["findings.json"].read_text("utf-8"))
    assert list(finding) == ["description", "check_name", "fingerprint", "severity", "location"]
    assert (finding["severity"], finding["location"]["path"]) == ("minor", SUBMITTED)
    assert (ran.artifacts["preview"] / "people/T-003/2026-03/front-desk.html").is_file()
    listed, posted = place.fakes.calls("curl")
    notes = "https://gitlab.example/api/v4/projects/5/merge_requests/7/notes"
    assert f"{notes}?per_page=100&order_by=created_at&sort=asc" in listed
    assert notes in posted
    assert "POST" in posted
    assert any("score: 90.00 A → 93.00 A" in word for word in posted)
    assert 'header = "PRIVATE-TOKEN: s3cret"' in posted
    assert "s3cret" not in ran.output


@on_gitlab
def test_a_wrong_merge_request_fails_and_leaves_its_findings(place: Place) -> None:
    base = git(place.origin, "rev-parse", "main")
    place.edit(PUBLISHED, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    place.push("sneaky")
    notes = [{"id": 3, "body": "x"}, {"id": 8, "body": "<!-- kpigen diff -->"}]
    place.fakes.answer({"per_page": {"prints": json.dumps(notes)}})
    ran = place.gitlab("check", "sneaky", KPIGEN_TOKEN="s3cret", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert not ran.ok
    found = json.loads(ran.artifacts["findings.json"].read_text("utf-8"))
    assert {item["check_name"] for item in found} == {"KPI609", "KPI610", "KPI632"} == set(codes(ran.output))
    assert len({item["fingerprint"] for item in found}) == len(found)
    assert "preview" not in ran.artifacts
    changed = place.fakes.calls("curl")[-1]
    assert "PUT" in changed
    assert any(word.endswith("/merge_requests/7/notes/8") for word in changed), "one note, kept up to date"


@on_gitlab
@pytest.mark.parametrize(("project", "found"), [("5", True), ("6", False)], ids=["a branch", "a fork"])
def test_all_last_common_commits_count(place: Place, project: str, found: bool) -> None:
    """GitLab names one of them, and here it is the one in which the review was not published yet. A fork has no other."""
    work = place.work
    git(work, "checkout", "--quiet", "-b", "crossed")
    (work / "note.txt").write_text("aside", "utf-8")
    commit(work)
    aside = git(work, "rev-parse", "HEAD")
    git(work, "checkout", "--quiet", "main")
    run(work, "publish", work / SUBMITTED, "--date", "2026-04-04", "--yes")
    commit(work)
    git(work, "checkout", "--quiet", "crossed")
    git(work, "merge", "--quiet", "--no-edit", "main")
    git(work, "checkout", "--quiet", "main")
    git(work, "merge", "--quiet", "--no-ff", "--no-edit", aside)
    git(work, "push", "--quiet", "origin", "main")
    git(work, "checkout", "--quiet", "crossed")
    assert len(git(work, "merge-base", "--all", "main", "crossed").split()) == 2
    place.edit(SUBMITTED, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    place.push("crossed")
    ran = place.gitlab("check", "crossed", CI_MERGE_REQUEST_DIFF_BASE_SHA=aside, CI_MERGE_REQUEST_PROJECT_ID=project)
    assert not ran.ok
    assert ("KPI632" in codes(ran.output)) == found


@on_gitlab
def test_site_is_not_edited_by_merge_request(place: Place) -> None:
    base = git(place.origin, "rev-parse", "main")
    (place.work / "site").mkdir()
    (place.work / "site/index.html").write_text("mine", "utf-8")
    place.push("site")
    ran = place.gitlab("check", "site", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert not ran.ok
    assert "error: site/ is built after the merge" in ran.output
    assert place.fakes.calls("curl") == [], "no token, no note"


@on_gitlab
def test_gitlab_commits_the_site_and_takes_steps(place: Place) -> None:
    on_build(place)
    ran = place.gitlab("site", "main")
    assert ran.ok, ran.output
    assert "site/people/T-001/2026-03/front-desk.html" in git(place.origin, "ls-tree", "-r", "--name-only", "main")
    head = git(place.origin, "rev-parse", "main")
    assert place.gitlab("site", "main").ok
    assert git(place.origin, "rev-parse", "main") == head
    assert place.fakes.calls("apt-get")[-1][:3] == ["install", "--quiet", "--yes"], "recorded, not done here"
    options = place.origin / "hooks/pre-receive"
    options.write_text("#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_ > pushed\n", "utf-8")
    options.chmod(0o755)
    step = {"ACTION": "withdraw", "FILE": PUBLISHED, "REASON": "误发，$(touch pwned)", "DATE": "2026-04-12"}
    there = "https://kpigen:s3cret@gitlab.example/hr/reviews.git"
    (place.work.parent / ".gitconfig").write_text(f'[url "{place.origin}"]\n\tinsteadOf = {there}\n', "utf-8")
    pressed = place.gitlab("step", "main", KPIGEN_TOKEN="s3cret", **step)
    assert pressed.ok, pressed.output
    branch = "kpigen/withdraw-31-32"
    text = git(place.origin, "show", f"{branch}:{PUBLISHED}")
    assert "by: lin.hr" in text or 'by: "lin.hr"' in text
    assert git(place.origin, "log", "-1", "--format=%an <%ae>|%(trailers)", branch).strip() == (
        "lin.hr <lin@example.com>|Requested-by: lin.hr"
    )
    pushed = (place.origin / "pushed").read_text("utf-8")
    assert "s3cret" not in pressed.output
    assert "=merge_request.create\n" in pushed
    assert f"=merge_request.title=kpigen withdraw: {PUBLISHED}\n" in pushed
    assert "=merge_request.description=Requested by @lin.hr" in pushed
    assert not list(place.work.parent.rglob("pwned"))


def test_a_finding_that_moves_is_the_same_to_gitlab(tmp_path: Path) -> None:
    root = make_repository(tmp_path, ("front-desk",))
    for name in ("a.txt", "b.txt"):
        (root / "reviews" / name).write_text("x", "utf-8")
    (root / "reviews/2026-03").mkdir()
    file = root / "reviews/2026-03/T-001.front-desk.md"
    prints = []
    for text in (REVIEW, REVIEW.replace("metrics:", "\nmetrics:")):
        text = text.format(id="T-001").replace("five_s: 0", "five_s: two").replace("cashier: 0", "cashier: two")
        file.write_text(text, "utf-8")
        found = json.loads(run(root, "check", "--format", "gitlab", code=1).stdout)
        prints.append([item["fingerprint"] for item in found])
        assert len(set(prints[-1])) == len(found) == 4
    assert prints[0] == prints[1]
    assert run(make_repository(tmp_path / "clean", ()), "check", "--format", "gitlab").stdout == "[]\n"


# --- pre-commit -----------------------------------------------------------------------------------------------------------


def test_the_hook_for_pre_commit(place: Place) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (local,) = yaml.safe_load((place.work / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert {key: local[key] for key in ("id", "name", "entry", "language", "pass_filenames", "files")} == {
        key: hook[key] for key in ("id", "name", "entry", "language", "pass_filenames", "files")
    }
    assert hook["pass_filenames"] is False
    for path, wanted in (
        (PUBLISHED, True),
        ("reviews/people.csv", True),
        ("kpigen.toml", True),
        ("site/x.html", False),
    ):
        assert bool(re.search(hook["files"], path)) is wanted
    words = hook["entry"].split()
    assert words[0] == "kpigen"
    assert run(place.work, *words[1:]).exit_code == 0
    place.edit(PUBLISHED, "{late: 1, escalated: 0}", "{late: 0, escalated: 0}")
    assert run(place.work, *words[1:], code=None).exit_code == 1
