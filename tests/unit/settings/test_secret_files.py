"""A secret is read from the file that its setting's name with `_FILE` names, or refused."""

from pathlib import Path

import pytest

from bot.settings import SettingsError, read_database_url, read_settings
from bot.settings.secret_files import IN_FILES, file_names
from bot.settings.settings import Settings
from bot.settings.sources import environment_mistakes
from sandbox.discord.server import TOKEN

VALUES = {
    "DISCORD_TOKEN": TOKEN,
    "MODELHUNTER_KEY": "river_live_0",
    "MODELHUNTER_WEBHOOK_SECRET": "signed_by_river_0",
    "DATABASE_URL": "postgresql://bot:word@db.example/bot",
    "HTTPS_PROXY": "http://me:word@proxy.example:3128",
}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own, with no setting in the environment but a port."""
    for name in (*Settings.names(), *file_names()):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PORT", "8080")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def value_of(settings: Settings, name: str) -> str:
    """Return the value of a setting as a text."""
    value = getattr(settings, name.lower())
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


def secret_file(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file of a secret."""
    path = folder / f"{name.lower()}.secret"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_every_setting_that_is_a_secret_may_be_in_a_file() -> None:
    """No secret has to be in the environment, nor an address that may hold a password."""
    secret = {
        name.upper()
        for name, field in Settings.model_fields.items()
        if "Secret" in str(field.annotation)
    }
    assert set(IN_FILES) == secret | {"DATABASE_URL"}
    assert set(VALUES) == set(IN_FILES)


@pytest.mark.parametrize("source", ["environment", ".env"])
@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("name", IN_FILES)
def test_a_secret_file_gives_the_value_of_its_setting(
    source: str, ending: str, name: str, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is named in the environment or in `.env`; a line break at its end is not its text."""
    lines = dict(VALUES)
    lines[f"{name}_FILE"] = str(secret_file(empty_folder, name, lines.pop(name) + ending))
    if source == ".env":
        text = "".join(f"{each}={value}\n" for each, value in lines.items())
        (empty_folder / ".env").write_text(text)
    else:
        for each, value in lines.items():
            monkeypatch.setenv(each, value)
    settings = read_settings()
    assert {each: value_of(settings, each) for each in VALUES} == VALUES


BROKEN: dict[str, tuple[str | bytes | None, str]] = {
    "missing": (None, "can't be read: No such file or directory"),
    "empty": ("", "is empty"),
    "blank": (" \n", "is empty"),
    "no text": (b"\xff\xfe\x00", "is not written in UTF-8"),
    "another file": ("x" * 20_000, "is too large to be a secret"),
}


@pytest.mark.parametrize("name", IN_FILES)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_secret_file_is_one_sentence_that_names_it(
    broken: str, name: str, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that holds no secret is refused, never left out: there is a default address."""
    content, reason = BROKEN[broken]
    path = empty_folder / "nothing"
    if content is not None:
        path = secret_file(empty_folder, name, content)
    for each, value in VALUES.items():
        if each != name:
            monkeypatch.setenv(each, value)
    monkeypatch.setenv(f"{name}_FILE", str(path))
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value).startswith(f"{name}_FILE names a file that {reason}")


def test_a_secret_file_that_is_a_folder_is_refused(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Docker makes of a file that is missing is a folder."""
    monkeypatch.setenv("MODELHUNTER_KEY", "river_live_0")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(empty_folder))
    with pytest.raises(SettingsError, match=r"DISCORD_TOKEN_FILE names a file that can't be read"):
        read_settings()


@pytest.mark.parametrize("name", IN_FILES)
def test_a_secret_and_its_file_are_not_both_taken(
    name: str, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two values neither is guessed to be the one that is meant; an empty one is none."""
    for each, value in VALUES.items():
        monkeypatch.setenv(each, value)
    monkeypatch.setenv(f"{name}_FILE", str(secret_file(empty_folder, name, VALUES[name])))
    with pytest.raises(SettingsError, match=f"{name} and {name}_FILE are both set") as caught:
        read_settings()
    assert VALUES[name] not in str(caught.value)
    monkeypatch.setenv(name, "")
    assert value_of(read_settings(), name) == VALUES[name]


def test_a_backup_reads_no_secret_file_but_the_databases(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy needs no account, also where the files of the accounts can't be read."""
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(empty_folder / "nothing"))
    address = secret_file(empty_folder, "DATABASE_URL", "sqlite:///elsewhere.db\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(address))
    assert read_database_url() == "sqlite:///elsewhere.db"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DISCORD_TOKEN_FILE", None),
        ("DISCORD_TOKENFILE", "DISCORD_TOKEN_FILE"),
        ("MODELHUNTER_KEY_FILES", "MODELHUNTER_KEY_FILE"),
        ("TOKEN_FILE", None),
        ("KEY_FILE", None),
        ("SECRET_FILE", None),
        ("APP_DATABASE_URL_FILE", None),
        ("HTTP_PROXY_FILE", None),
        ("GUILD_IDS", "ALLOWED_GUILD_IDS"),
    ],
)
def test_a_name_like_a_secret_files_is_a_mistake(name: str, meant: str | None) -> None:
    """A slip in the name is refused; what any program may have in the environment is not."""
    said = environment_mistakes({name: "/x"}, Settings.understood_names())
    assert bool(said) is (meant is not None)
    assert meant is None or f"did you mean {meant}?" in said[0]
