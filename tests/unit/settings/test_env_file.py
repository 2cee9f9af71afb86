"""Each line of `.env` is understood as it was meant, or refused; none is left out."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.__main__ import main
from bot.settings import Settings, explain
from bot.settings.env_file import parse_env_file
from bot.settings.sources import environment_mistakes
from db.engines.database_url import parse_database_url
from db.errors import DatabaseUnusable
from sandbox.discord.server import TOKEN

KNOWN = Settings.names()
EXAMPLE = (Path(__file__).parents[3] / ".env.example").read_text(encoding="utf-8")
FILLED = {
    "DISCORD_TOKEN": TOKEN,
    "MODELHUNTER_KEY": "river_live_0",
    "HTTP_PORT": "8080",
    "PUBLIC_URL": "https://bot.example.org",
    "MODELHUNTER_WEBHOOK_SECRET": "signed_by_river_0",
    "DISCORD_GUILD_ID": "123456789012345678",
    "ALLOWED_GUILD_IDS": "123456789012345678,223456789012345678",
    "DEFAULT_VIDEO_MODEL": "kling-v3",
    "DEFAULT_IMAGE_MODEL": "seedream-4-0",
    "DEFAULT_SPEECH_MODEL": "eleven-v3",
    "DAILY_BUDGET_PER_USER_USD": "5",
    "HTTPS_PROXY": "http://me:word@proxy.example:3128",
    "NO_PROXY": "example.org,10.0.0.0/8",
    "SSL_CERT_FILE": "/etc/hosts",
    "SSL_CERT_DIR": "/etc",
    "OPERATOR_CONTACT": "Ask Sam",
}
# Shown to users word for word, and nothing is decided by it: a slip in it is one in what is shown.
FREE_TEXT = "OPERATOR_CONTACT"
# Every setting, with a value that is none of those an empty line would have.
LINES = {
    name: FILLED.get(name, value)
    for name, value in re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE)
}

ZERO_WIDTH, NBSP = "\N{ZERO WIDTH SPACE}", "\N{NO-BREAK SPACE}"
Mutation = Callable[[str, str], str]
MUTATIONS: dict[str, Mutation] = {
    "as it is": lambda name, value: f"{name}={value}",
    "blanks around": lambda name, value: f"  {name} =  {value}  ",
    "export": lambda name, value: f"export {name}={value}",
    "set": lambda name, value: f"set {name}={value}",
    "env": lambda name, value: f"env.{name}={value}",
    "a dash, as in YAML": lambda name, value: f"- {name}={value}",
    "a colon": lambda name, value: f"{name}: {value}",
    "a colon without a blank": lambda name, value: f"{name}:{value}",
    "a colon and an equals sign": lambda name, value: f"{name}:={value}",
    "two equals signs": lambda name, value: f"{name}=={value}",
    "no equals sign": lambda name, value: f"{name} {value}",
    "nothing behind the name": lambda name, _: name,
    "an arrow": lambda name, value: f"{name}=>{value}",
    "a full-width equals sign": lambda name, value: f"{name}\uff1d{value}",
    "quotes": lambda name, value: f'{name}="{value}"',
    "single quotes": lambda name, value: f"{name}='{value}'",
    "quotes within quotes": lambda name, value: f"{name}=\"'{value}'\"",
    "curly quotes": lambda name, value: f"{name}=“{value}”",
    "backticks": lambda name, value: f"{name}=`{value}`",
    "an open quote": lambda name, value: f'{name}="{value}',
    "an open single quote": lambda name, value: f"{name}='{value}",
    "a quote at the end": lambda name, value: f'{name}={value}"',
    "a quote of either kind": lambda name, value: f"{name}=\"{value}'",
    "each part in quotes": lambda name, value: f'{name}="{value}","{value}"',
    "quotes, then a comma": lambda name, value: f'{name}="{value}",',
    "a quoted name": lambda name, value: f'"{name}"={value}',
    "JSON": lambda name, value: f'"{name}": "{value}",',
    "a list": lambda name, value: f"{name}=[{value}]",
    "a trailing comma": lambda name, value: f"{name}={value},",
    "a trailing semicolon": lambda name, value: f"{name}={value};",
    "a trailing backslash": lambda name, value: f"{name}={value}\\",
    "a trailing comment": lambda name, value: f"{name}={value} # mine",
    "a trailing comment after quotes": lambda name, value: f'{name}="{value}" # mine',
    "a comment without a blank": lambda name, value: f"{name}={value}#mine",
    "a comment in its place": lambda name, value: f"{name}= # {value}",
    "a comment without a blank in its place": lambda name, value: f"{name}=#{value}",
    "a dollar sign": lambda name, value: f"{name}=${value}",
    "a variable": lambda name, value: f"{name}=${{MINE}}{value}",
    "brackets": lambda name, value: f"{name}=<{value}>",
    "a blank in the middle": lambda name, value: f"{name}={value[:2]} {value[2:]}x",
    "a no-break space": lambda name, value: f"{name}={value}{NBSP}",
    "a zero-width space in the name": lambda name, value: f"{ZERO_WIDTH}{name}={value}",
    "a zero-width space in the value": lambda name, value: f"{name}={ZERO_WIDTH}{value}",
    "a tab": lambda name, value: f"{name}\t=\t{value}",
    "a carriage return": lambda name, value: f"{name}={value}\r",
    "lower case": lambda name, value: f"{name.lower()}={value}",
    "mixed case": lambda name, value: f"{name.title()}={value}",
    "dashes": lambda name, value: f"{name.replace('_', '-')}={value}",
    "no underscores": lambda name, value: f"{name.replace('_', '')}={value}",
    "a blank for each underscore": lambda name, value: f"{name.replace('_', ' ')}={value}",
    "the last letter missing": lambda name, value: f"{name[:-1]}={value}",
    "the first letter missing": lambda name, value: f"{name[1:]}={value}",
    "a letter doubled": lambda name, value: f"{name[:3]}{name[2:]}={value}",
    "two letters changed over": lambda name, value: (
        f"{name[:2]}{name[3]}{name[2]}{name[4:]}={value}"
    ),
    "an S more": lambda name, value: f"{name}S={value}",
    "the last word missing": lambda name, value: f"{name.rpartition('_')[0]}={value}",
    "the first word missing": lambda name, value: f"{name.partition('_')[2]}={value}",
    "the last word alone": lambda name, value: f"{name.rpartition('_')[2]}={value}",
    "a prefix": lambda name, value: f"BOT_{name}={value}",
    "set twice": lambda name, value: f"{name}={value}\n{name}=",
    "set twice in another case": lambda name, value: f"{name}={value}\n{name.lower()}=",
}


def read(text: str, folder: Path) -> Settings:
    """Return the settings of a `.env` with this text."""
    path = folder / ".env"
    path.write_text(text, encoding="utf-8", newline="")
    return Settings(_env_file=path)


def understood(lines: Mapping[str, str], folder: Path) -> Settings | None:
    """Return the settings of these lines, or None if the bot refuses to start with them."""
    try:
        found = read("\n".join(lines.values()), folder)
        parse_database_url(found.database_url)
    except ValidationError as error:
        said = explain(error)
    except DatabaseUnusable as error:
        said = str(error)
    else:
        return found
    assert "\n" not in said
    assert TOKEN not in said
    assert "river_live_0" not in said
    assert "signed_by_river_0" not in said
    return None


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutated_line_is_understood_or_refused(
    mutation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each slip in each line gives the same settings or one sentence, and never an open bot."""
    for name in LINES:
        monkeypatch.delenv(name, raising=False)
    lines = {name: f"{name}={value}" for name, value in LINES.items()}
    meant = understood(lines, tmp_path)
    assert meant is not None
    for name, value in LINES.items():
        found = understood({**lines, name: MUTATIONS[mutation](name, value)}, tmp_path)
        if found is not None and name == FREE_TEXT:
            found = found.model_copy(update={"operator_contact": meant.operator_contact})
        assert found in (None, meant), name


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'ALLOWED_GUILD_IDS="1","2"',
            "Line 1 of .env (ALLOWED_GUILD_IDS) needs one pair of quotes",
        ),
        ("ALLOWED_GUILD_IDS: 1", "Line 1 of .env (ALLOWED_GUILD_IDS) is not NAME=value"),
        ('ALLOWED_GUILD_IDS="1', "Line 1 of .env (ALLOWED_GUILD_IDS) needs one pair of quotes"),
        (
            "ALLOWED_GUILD_ID=1",
            "there is no setting ALLOWED_GUILD_ID, did you mean ALLOWED_GUILD_IDS",
        ),
        ("DAILY_BUDGET=2", "there is no setting DAILY_BUDGET, did you mean DAILY_BUDGET_USD?"),
        ("GUILD_IDS=2", "did you mean ALLOWED_GUILD_IDS?"),
        ("SPENDING=2", "Line 1 of .env: there is no setting SPENDING"),
        ("\n\nDAILY_BUDGET=2", "Line 3 of .env"),
        ("LOG_LEVEL=INFO\nLOG_LEVEL=DEBUG", "Line 2 of .env sets LOG_LEVEL a second time"),
        ("hunter2", "Line 1 of .env is not NAME=value"),
    ],
)
def test_a_line_that_is_not_understood_is_named(line: str, said: str, tmp_path: Path) -> None:
    """The sentence has the number of the line, its setting, and what is wrong."""
    with pytest.raises(ValidationError) as caught:
        read(line, tmp_path)
    assert said in explain(caught.value)
    assert "hunter2" not in explain(caught.value)


def test_lines_of_other_programs_are_none_of_ours() -> None:
    """What Compose, Python and the C library read may be in the same file."""
    found = parse_env_file("TZ=Europe/Berlin\nCOMPOSE_PROJECT_NAME=bot\nLC_ALL=C.UTF-8\n", KNOWN)
    assert (found.values, found.mistakes) == ({}, [])


def test_a_byte_order_mark_is_no_part_of_a_name() -> None:
    """Some editors write one."""
    assert parse_env_file("\ufeffLOG_LEVEL=INFO", KNOWN).values == {"LOG_LEVEL": "INFO"}


@given(st.text(max_size=200))
def test_any_text_of_an_env_file_is_understood_or_refused(text: str) -> None:
    """Each line is blank, a comment, another program's, a setting, or a mistake."""
    found = parse_env_file(text, KNOWN)
    lines = [line for line in re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")) if line.strip()]
    spoken = [line for line in lines if not line.lstrip().startswith("#")]
    others = [line for line in spoken if not parse_env_file(line, KNOWN).mistakes]
    assert len(found.mistakes) >= len(spoken) - len(others)
    assert set(found.values) <= KNOWN


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ALLOWED_GUILD_ID", "ALLOWED_GUILD_IDS"),
        ("ALLOWED_GUILDS", "ALLOWED_GUILD_IDS"),
        ("GUILD_IDS", "ALLOWED_GUILD_IDS"),
        ("Allowed_Guild_Id", "ALLOWED_GUILD_IDS"),
        ("DAILY_BUDGET", "DAILY_BUDGET_USD"),
        ("DAILY_BUDGET_EUR", "DAILY_BUDGET_USD"),
        ("CONFIRM_ABOVE", "CONFIRM_ABOVE_USD"),
        ("MAX_RUNNING", "MAX_RUNNING_PER_USER"),
        ("MODELHUNTER_API_KEY", "MODELHUNTER_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
    ],
)
def test_a_name_that_looks_like_a_settings_is_named(name: str, meant: str) -> None:
    """A slip in the environment opens no bot either."""
    (mistake,) = environment_mistakes({name: "1"}, KNOWN)
    assert name in mistake
    assert f"did you mean {meant}?" in mistake


@pytest.mark.parametrize(
    "name",
    [
        "HTTP_PROXY", "http_proxy", "ALL_PROXY", "PG_DATABASE_URL", "HOSTNAME", "PORT", "USER",
        "VIRTUAL_ENV", "PYTHONUNBUFFERED", "DISCORD_WEBHOOK_URL", "SSH_CONNECTION", "PWD", "TERM",
        "PYTEST_CURRENT_TEST", "INVOCATION_ID", "JOURNAL_STREAM", "KUBERNETES_SERVICE_PORT_HTTPS",
    ],
)  # fmt: skip
def test_a_name_of_another_program_is_no_mistake(name: str) -> None:
    """The environment has many variables that have nothing to do with the bot."""
    assert environment_mistakes({name: "1"}, KNOWN) == []


def test_two_spellings_with_two_values_are_a_mistake() -> None:
    """Which of the two counts would depend on chance; the same value twice does no harm."""
    one, other = (
        {"LOG_LEVEL": "INFO", "log_level": "DEBUG"},
        {"LOG_LEVEL": "INFO", "log_level": "INFO"},
    )
    assert "unset one of them" in environment_mistakes(one, KNOWN)[0]
    assert environment_mistakes(other, KNOWN) == []


@pytest.mark.parametrize("command", [["run"], ["backup", "copy.db"]])
@pytest.mark.parametrize("line", ['ALLOWED_GUILD_IDS="1","2"', "DATABASE_URI=sqlite:///x.db"])
def test_every_command_refuses_a_file_that_is_not_understood(
    command: list[str],
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A mistake in `.env` ends each command that reads it with one line and exit code 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(line)
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.startswith("Line 1 of .env")
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", [["run"], ["backup", "copy.db"]])
def test_a_folder_in_place_of_the_env_file_is_named(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An engine that mounts a missing file makes a folder of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").mkdir()
    assert main(command) == 2
    assert capsys.readouterr().err == "The file .env can't be read: Is a directory.\n"
