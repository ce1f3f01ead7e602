"""Living with many runs: they are tagged, noted, listed by what is known of them, and removed with care."""

import datetime
import io
import json
import threading

import pytest

from experiments import verbs
from experiments.errors import UserError
from experiments.running import interruption
from experiments.storage import filters, remarks, removing
from experiments.storage.directory import Directory
from experiments.storage.keeping import keep_in
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import TEMPORARY
from tests import support
from tests.report import runs


@pytest.fixture
def run(cli):
    return begun(cli)


def begun(cli, sweep="boolean", scale="smoke", seed=0, started="2026-01-02T03:04:05+0000"):
    """A run without a part."""
    settings = support.manifest("trained-width", sweep=sweep)["settings"] | {"scale": scale, "seed": seed}
    manifest = support.manifest("trained-width", sweep=sweep, settings=settings, started=started)
    return RunDirectory.create(str(cli.folder / "results"), sweep, manifest)


def finished(cli):
    return runs.census(cli.folder / "results")


def test_tags_are_added_and_removed_and_find_a_run(cli, run):
    other = begun(cli, seed=5)
    assert cli("tag", run.name, "talk", "good").returncode == 0
    assert cli("tag", run.name, "good", "again").stdout == f"{run.name}: again, good, talk\n"
    assert cli("tag", run.name, "again", "--remove").stdout == f"{run.name}: good, talk\n"
    assert cli("tag", run.name).stdout == f"{run.name}: good, talk\n"
    listed = cli("list", "tag=good,bad").stdout
    assert (run.name in listed, other.name in listed, "good, talk" in listed) == (True, False, True)
    assert "1 of 2 runs" in listed
    assert "tags            good, talk" in cli("show", run.name).stdout
    for words in (["no tag"], ["../x"], ["gone", "--remove"], ["--remove"]):
        assert cli("tag", run.name, *words).returncode == 2
    assert remarks.read(run).tags == ("good", "talk")


def test_notes_are_only_added(cli, run):
    for text in ("the learning rate was too high", "and: [red]again[/] - «ü»"):
        assert cli("note", run.name, text).returncode == 0
    said = cli("note", run.name).stdout
    assert [one.text for one in remarks.read(run).notes] == [line.split("  ", 2)[2] for line in said.splitlines()[1:]]
    assert "[red]again[/]" in cli("show", run.name).stdout
    written = datetime.datetime.fromisoformat(remarks.read(run).notes[0].written)
    assert abs(datetime.datetime.now().astimezone() - written) < datetime.timedelta(minutes=5)
    for text in ("", " ", "two\nlines", "x" * 5000):
        assert cli("note", run.name, text).returncode == 2
    assert len(remarks.read(run).notes) == 2


def test_no_remark_of_another_process_is_lost(run):
    """Each holds the same lock while it reads and writes, here in threads."""
    threads = [threading.Thread(target=remarks.tag, args=(run, [f"t{i}"])) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(remarks.read(run).tags) == 20


@pytest.mark.parametrize("content", ["{", "[]", '{"tags": ["../x"], "notes": []}', '{"tags": [], "notes": [["a"]]}'])
def test_a_file_that_holds_no_remarks_is_named_and_left_as_it_is(cli, run, content):
    path = run.path / "remarks.json"
    path.write_text(content)
    for command in (["tag", run.name, "x"], ["note", run.name, "x"], ["remove", run.name, "--yes"]):
        done = cli(*command)
        assert (done.returncode, str(path.name) in done.stderr) == (2, True), command
    listed = cli("list")
    assert (listed.returncode, run.name in listed.stdout, "move it away" in listed.stdout) == (0, True, True)
    assert "move it away" in cli("show", run.name).stdout
    assert path.read_text() == content


def test_remarks_do_not_lead_elsewhere(cli, run):
    elsewhere = cli.folder / "thesis.json"
    elsewhere.write_text('{"tags": ["mine"], "notes": []}')
    (run.path / "remarks.json").symlink_to(elsewhere)
    assert cli("tag", run.name, "x").returncode == 2
    assert "mine" not in cli("list").stdout
    assert elsewhere.read_text() == '{"tags": ["mine"], "notes": []}'


def test_whatever_reads_a_run_bears_its_remarks_and_a_copy_does_not_have_them(cli):
    run = finished(cli)
    readers = [("report", run.name, "--check"), ("compare", run.name, run.name), ("table", "boolean")]
    before = [cli(*reader) for reader in readers]
    remarks.tag(run, ["good"])
    remarks.note(run, "worth keeping")
    for reader, one in zip(readers, before, strict=True):
        again = cli(*reader)
        assert (again.returncode, again.stdout, again.stderr) == (one.returncode, one.stdout, one.stderr)
    kept = cli.folder / "results" / "reference" / "boolean"
    keep_in(run, kept)
    assert not (kept / "remarks.json").exists()
    for command in (["tag", "reference/boolean", "x"], ["note", "reference/boolean", "x"]):
        done = cli(*command)
        assert (done.returncode, "a reference is not changed" in done.stderr) == (2, True)
    assert sorted(path.name for path in kept.iterdir()) == ["figures", "manifest.json", "table.parquet", "verdicts.csv"]


FACTS = filters.Facts("boolean", "smoke", "cpu", 101, True, ("a", "b"), datetime.datetime.now(datetime.UTC))


@pytest.mark.parametrize(
    ("words", "where", "expected"),
    [
        (["sweep=boolean,depth", "seed=101"], "", True),
        (["sweep=boolean", "seed=102"], "", False),
        (["scale=full"], "", False),
        (["device=gpu,cpu"], "", True),
        (["finished=true"], "", True),
        (["finished=false"], "", False),
        (["tag=c,b"], "", True),
        (["tag=c"], "", False),
        (["since=2020-01-01"], "", True),
        (["since=yesterday"], "", True),
        (["since=2999-01-01T10:00"], "", False),
        ([], "seed >= 101 and scale != 'full' and age < 1", True),
        ([], "finished and seed > 101", False),
    ],
)
def test_a_run_is_wanted_if_all_filters_hold(words, where, expected):
    assert filters.read(words, where)(FACTS) is expected


def test_a_run_that_does_not_say_when_it_began_is_neither_new_nor_young():
    unknown = FACTS._replace(started=None)
    assert not filters.read(["since=1970-01-01"])(unknown)
    assert not filters.read([], "age < 1000000")(unknown)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sede=1"], "did you mean seed?"),
        (["sweep=reference"], "there is no sweep 'reference'"),
        (["seed"], "give key=value"),
        (["seed=x"], "'x' is no whole number"),
        (["since=tomorrow"], "give today, yesterday, 2026-11-01 or 2026-11-01T12:00"),
        (["finished=yes"], "allowed: false, true"),
        (["--where", "sed > 1"], "did you mean seed?"),
        (["--where", "seed"], "not true or false"),
    ],
)
def test_a_filter_that_is_not_understood_is_answered(cli, run, words, said):
    done = cli("list", *words)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_days_with_a_name_begin_at_midnight_here():
    midnight = datetime.datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    for day, began in (("today", midnight), ("yesterday", (midnight - datetime.timedelta(hours=12)).replace(hour=0))):
        wanted = filters.read([f"since={day}"])
        assert wanted(FACTS._replace(started=began))
        assert not wanted(FACTS._replace(started=began - datetime.timedelta(seconds=1)))


def test_moments_in_other_time_zones_are_compared_as_moments(cli):
    early, late = begun(cli, started="2026-01-02T23:30:00+0500"), begun(cli, seed=1, started="2026-01-02T19:00:00+0000")
    listed = cli("list", "since=2026-01-02T18:45:00+00:00").stdout
    assert (early.name in listed, late.name in listed) == (False, True)


def test_a_run_goes_when_somebody_says_yes(cli, run, monkeypatch):
    other = begun(cli, seed=1)
    remarks.tag(run, ["good"])
    done = cli("remove", run.name)
    assert (done.returncode, "--yes" in done.stderr) == (2, True)

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for answer in ("", "\n", "no\n"):
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        done = cli("remove", run.name)
        assert (done.returncode, "nothing was removed" in done.stdout) == (1, True)
        assert "tagged good" in done.stdout
        assert "0 of 1 unit;" in done.stdout
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert cli("remove", run.name).returncode == 0
    assert [one.name for one in cli.runs()] == [other.path.name]
    assert cli("remove", str(other.path), "--yes").returncode == 0
    assert not (cli.folder / "results" / "boolean").exists()


def test_of_several_runs_all_may_go_or_none_goes(cli, run):
    other = begun(cli, seed=1)
    with Directory(other.path).in_use():
        assert cli("remove", run.name, other.name, "--yes").returncode == 2
    assert len(cli.runs()) == 2
    assert cli("remove", run.name, other.path.name, run.path.name, "--yes").returncode == 0
    assert cli.runs() == []


def test_what_may_not_go_stays(cli):
    run = finished(cli)
    keep_in(run, cli.folder / "results" / "reference" / "boolean")
    before = sorted(cli.folder.rglob("*"))
    with Directory(run.path).in_use():
        for name, words in (
            ("boolean", "give its whole name"),
            (run.name[:-2], "give its whole name"),
            ("reference/boolean", "a reference is not removed"),
            (str(cli.folder / "results" / "reference" / "boolean"), "a reference is not removed"),
            (run.name, "another process runs it"),
        ):
            done = cli("remove", name, "--yes")
            assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    (run.path / ".lock").unlink()
    assert sorted(cli.folder.rglob("*")) == before


@pytest.mark.parametrize("where", ["thesis.txt", "figures/more/one.png", "parts/.hidden", "notes/a.txt"])
def test_files_that_no_run_writes_are_named_and_nothing_goes(cli, run, where):
    path = run.path / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("irreplaceable")
    done = cli("remove", run.name, "--yes")
    assert (done.returncode, "no run writes this" in done.stderr) == (2, True)
    assert path.read_text() == "irreplaceable"
    assert (run.path / "manifest.json").exists()


def test_links_are_not_followed(cli, run):
    precious = cli.folder / "precious"
    precious.mkdir()
    (precious / "a.parquet").write_text("irreplaceable")
    (run.path / "parts").symlink_to(precious)
    assert cli("remove", run.name, "--yes").returncode == 2
    (run.path / "parts").unlink()
    run.path.rename(cli.folder / "away")
    run.path.symlink_to(cli.folder / "away")
    assert cli("remove", run.name, "--yes").returncode == 2
    assert (precious / "a.parquet").exists()
    assert (cli.folder / "away" / "manifest.json").exists()


def test_a_directory_that_is_no_run_of_ours_stays(cli):
    folder = cli.folder / "results" / "boolean" / "mine"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"somebody": "else's"}))
    assert cli("remove", "boolean/mine", "--yes").returncode == 2
    assert (folder / "manifest.json").exists()


def test_a_process_that_is_killed_while_it_removes_leaves_no_run_and_the_rest_goes_later(cli, run, monkeypatch):
    other = begun(cli, seed=1)

    def killed(path):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(removing.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            removing.remove(run)
    assert "1 of" not in cli("list").stdout
    assert run.name not in cli("list").stdout
    assert list(other.path.parent.glob(f"{TEMPORARY}*"))
    removing.remove(removing.planned(other).run)
    assert not other.path.parent.exists()


def test_ctrl_c_between_two_removals_does_not_say_that_nothing_happened(cli, run, monkeypatch, capsys):
    other = begun(cli, seed=1)
    was_removed = removing.remove

    def interrupted(one):
        if one.name == other.name:
            raise KeyboardInterrupt
        was_removed(one)

    monkeypatch.setattr(removing, "remove", interrupted)
    results = f"--results={cli.folder / 'results'}"
    assert verbs.main(["remove", run.name, other.name, "--yes", results]) == interruption.STATUS
    said = capsys.readouterr()
    assert f"removed {run.name}" in said.out
    assert "every other run is whole" in said.err
    assert "Nothing was written" not in said.err
    assert (other.path / "manifest.json").exists()


def test_a_run_that_is_not_there_is_answered(cli, run):
    with pytest.raises(UserError, match="no such run"):
        removing.exactly("nothing", str(cli.folder / "results"))
